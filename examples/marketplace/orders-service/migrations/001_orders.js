export function up(knex) {
  return knex.schema.createTable("orders", (table) => {
    table.bigIncrements("id");
    table.timestamp("placed_at", { useTz: true }).notNullable();
  });
}

export function down(knex) {
  return knex.schema.dropTable("orders");
}
