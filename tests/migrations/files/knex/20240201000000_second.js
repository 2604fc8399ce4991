const tables = ["logs", "audits"];
exports.up = async (knex) => {
  await knex.raw("CREATE INDEX posts_body_ix ON ?? USING gin (to_tsvector('simple', body))".replace("??", "posts"));
  for (const name of tables) {
    await knex.schema.createTable(name, (t) => {
      t.bigIncrements();
      t.string("what", 50);
      t.timestamp("at").defaultTo(knex.fn.now());
      t.unique(["what", "at"], { indexName: `${name}_uq` });
    });
  }
  const exists = await knex.schema.hasTable("later");
  if (!(await knex.schema.hasTable("later"))) {
    await knex.schema.createTable("later", (t) => {
      t.integer("a");
      t.integer("b");
      t.primary(["a", "b"]);
      t.foreign("a").references("users.id").onUpdate("SET NULL");
      t.float("f");
      t.double("d");
      t.binary("bin");
      t.date("day");
      t.time("hour");
      t.smallint("small");
    });
  }
  await knex.schema.alterTable("users", (t) => {
    t.string("nick", 20).nullable();
    t.dropColumn("age");
    t.renameColumn("name", "full_name");
    t.string("email", 400).notNullable().alter();
    t.dropUnique(["email"]);
    t.setNullable("active");
  });
  await knex.schema.renameTable("audits", "audit_entries");
  await helper(knex);
};
async function helper(knex) {
  await knex.schema.withSchema("public").table("posts", (t) => {
    t.dropForeign(["user_id"]);
    t.dropIndex("user_id");
  });
}
exports.down = async () => {};
