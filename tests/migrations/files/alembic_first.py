import sqlalchemy as sa
from alembic import op

revision: str = "a1"
down_revision: str | None = None


def upgrade() -> None:
    """First."""
    op.create_table(
        "owner",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), unique=True),
    )


def downgrade() -> None:
    op.drop_table("owner")
