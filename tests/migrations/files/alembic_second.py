"""second"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b2"
down_revision = "a1"


def upgrade() -> None:
    """Second."""
    op.create_table(
        "thing",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id"), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thing")),
    )
    op.add_column("orders", sa.Column("note", sa.String(length=20), nullable=False, server_default="x"))
    # dbdesign: allow index-create the table is small
    op.create_index(op.f("ix_orders_note"), "orders", ["note"], unique=False)
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_id", "orders", ["id"], postgresql_concurrently=True)
    op.alter_column("orders", "note", existing_type=sa.String(20), nullable=True, type_=sa.Text())
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("z", sa.DateTime(timezone=True), server_default=sa.func.now()))
        batch_op.create_foreign_key("fk", "owner", ["owner_id"], ["id"], ondelete="CASCADE")
        batch_op.drop_constraint("old", type_="unique")
    op.execute("UPDATE orders SET note='a'; DELETE FROM thing")
    for name in ("a", "b"):
        op.execute(f"DROP TABLE {name}")


def downgrade() -> None:
    op.drop_table("thing")
