"""Design tasks whose graders execute."""
