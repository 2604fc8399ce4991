"""The designer as an agent: the persona with the toolkit's tools, through the Anthropic API.

```python
config = AgentConfig(system=persona(), tools=toolkit("."), max_cost=2.0)
transcript = anyio.run(partial(ask, "Review db/schema.sql", config=config))
print(transcript.answer, transcript.cost)
```

The SDK is imported with the first question, not with this package.
"""

from __future__ import annotations

from dbdesign_server.agent.ask import ask
from dbdesign_server.agent.config import DEFAULT_MODEL, AgentConfig
from dbdesign_server.agent.designer import persona, toolkit
from dbdesign_server.agent.failures import AgentError
from dbdesign_server.agent.journal import load
from dbdesign_server.agent.prices import prices
from dbdesign_server.agent.transcript import StopReason, ToolCall, Transcript, Turn
from dbdesign_server.agent.usage import Usage

__all__ = [
    "DEFAULT_MODEL",
    "AgentConfig",
    "AgentError",
    "StopReason",
    "ToolCall",
    "Transcript",
    "Turn",
    "Usage",
    "ask",
    "load",
    "persona",
    "prices",
    "toolkit",
]
