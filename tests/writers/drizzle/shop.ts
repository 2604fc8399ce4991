import { relations, sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  inet,
  integer,
  interval,
  jsonb,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgPolicy,
  pgSchema,
  pgSequence,
  pgTable,
  type PgTableExtraConfigValue,
  pgView,
  primaryKey,
  serial,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

export const auditSchema = pgSchema("audit");

export const orderStatus = pgEnum("order_status", ["draft", "paid", "sent"]);

export const ticketNumbers = pgSequence("ticket_numbers", {
  startWith: 100,
  increment: 5,
});

export const customers = pgTable(
  "customers",
  {
    id: bigint({ mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    email: text().notNull().unique("customers_email_once"),
    fullName: varchar("full_name", { length: 120 }).notNull(),
    born: date(),
    settings: jsonb().notNull().default({ newsletter: false }),
    tags: text().array().notNull().default([]),
    referredBy: bigint("referred_by", { mode: "number" }),
    createdAt: timestamp("created_at", { withTimezone: true })
      .notNull()
      .defaultNow(),
  },
  (table): PgTableExtraConfigValue[] => [
    foreignKey({
      name: "customers_referred_by_fkey",
      columns: [table.referredBy],
      foreignColumns: [table.id],
    }).onDelete("set null"),
    index("customers_settings").using(
      "gin",
      table.settings.op("jsonb_path_ops"),
    ),
    check("customers_email_has_at", sql`email ~ '^[^@]+@[^@]+$'::text`),
  ],
);

export const orders = pgTable(
  "orders",
  {
    id: uuid().primaryKey().defaultRandom(),
    customerId: bigint("customer_id", { mode: "number" }).notNull(),
    status: orderStatus().notNull().default("draft"),
    number: integer().notNull(),
    net: numeric({ precision: 12, scale: 2 })
      .notNull()
      .default(sql`0.00`),
    gross: numeric({ precision: 12, scale: 2 }).generatedAlwaysAs(
      sql`net * 1.2`,
    ),
    note: text(),
    cancelledAt: timestamp("cancelled_at", { precision: 3 }),
  },
  (table) => [
    unique("orders_customer_id_number_key")
      .on(table.customerId, table.number)
      .nullsNotDistinct(),
    foreignKey({
      name: "orders_customer_id_fkey",
      columns: [table.customerId],
      foreignColumns: [customers.id],
    }).onDelete("cascade"),
    index("orders_by_customer").on(
      table.customerId,
      table.cancelledAt.desc().nullsFirst(),
    ),
    uniqueIndex("orders_live_number")
      .on(table.number)
      .where(sql`cancelled_at IS NULL`),
    index("orders_note_lower").on(sql`(lower(note)) text_pattern_ops`),
  ],
);

export const orderLines = pgTable(
  "order_lines",
  {
    orderId: uuid("order_id").notNull(),
    position: smallint().notNull(),
    quantity: integer().notNull(),
  },
  (table) => [
    primaryKey({
      name: "order_lines_pkey",
      columns: [table.orderId, table.position],
    }),
    foreignKey({
      name: "order_lines_order_id_fkey",
      columns: [table.orderId],
      foreignColumns: [orders.id],
    })
      .onDelete("restrict")
      .onUpdate("cascade"),
    check("a_quantity", sql`quantity > 0`),
  ],
);

export const changes = auditSchema.table(
  "changes",
  {
    id: serial().primaryKey(),
    orderId: uuid("order_id"),
    position: smallint(),
    at: time({ precision: 0, withTimezone: true }),
    took: interval(),
    ip: inet(),
    oldValue: text("Old Value"),
  },
  (table) => [
    foreignKey({
      name: "changes_order_id_position_fkey",
      columns: [table.orderId, table.position],
      foreignColumns: [orderLines.orderId, orderLines.position],
    }),
    pgPolicy("readers", {
      for: "select",
      using: sql`ip IS NOT NULL`,
    }),
  ],
);

export const openOrders = pgView("open_orders", {
  id: uuid(),
  number: integer(),
})
  .with({ securityBarrier: true })
  .as(
    sql`SELECT id,
    number
   FROM orders
  WHERE status <> 'sent'::order_status`,
  );

export const totals = pgMaterializedView("totals", {
  customerId: bigint("customer_id", { mode: "number" }),
  net: numeric(),
}).as(
  sql`SELECT customer_id,
    sum(net) AS net
   FROM orders
  GROUP BY customer_id`,
);

export const customersRelations = relations(customers, ({ one, many }) => ({
  customer: one(customers, {
    fields: [customers.referredBy],
    references: [customers.id],
    relationName: "customers_referredBy",
  }),
  customersByReferredBy: many(customers, {
    relationName: "customers_referredBy",
  }),
  orders: many(orders),
}));

export const ordersRelations = relations(orders, ({ one, many }) => ({
  customer: one(customers, {
    fields: [orders.customerId],
    references: [customers.id],
  }),
  orderLines: many(orderLines),
}));

export const orderLinesRelations = relations(orderLines, ({ one, many }) => ({
  order: one(orders, {
    fields: [orderLines.orderId],
    references: [orders.id],
  }),
  changes: many(changes),
}));

export const changesRelations = relations(changes, ({ one }) => ({
  orderLine: one(orderLines, {
    fields: [changes.orderId, changes.position],
    references: [orderLines.orderId, orderLines.position],
  }),
}));
