/** @param { import("knex").Knex } knex */
exports.up = function (knex) {
  return knex.schema
    .createTable("users", (table) => {
      table.increments("id");
      table.string("email", 320).notNullable().unique();
      table.string("name");
      table.boolean("active").notNullable().defaultTo(true);
      table.integer("age").unsigned().defaultTo(18);
      table.decimal("balance", 12, 3).defaultTo(0);
      table.jsonb("settings").notNullable().defaultTo("{}");
      table.enu("role", ["admin", "member"]).defaultTo("admin").notNullable();
      table.timestamps(true, true);
      table.index(["name", "age"]);
      table.comment("people");
    })
    .createTable("posts", function (t) {
      t.uuid("id").primary().defaultTo(knex.raw("gen_random_uuid()"));
      t.integer("user_id").references("id").inTable("users").onDelete("CASCADE").index();
      t.text("body").comment("its text");
      t.specificType("tags", "text[]");
      t.timestamp("published_at", { useTz: false, precision: 3 });
      t.bigInteger("views").notNullable().defaultTo(0);
    });
};
exports.down = (knex) => knex.schema.dropTable("posts").dropTable("users");
