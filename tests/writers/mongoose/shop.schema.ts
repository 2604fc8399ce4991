import { type InferSchemaType, model, Schema, Types } from "mongoose";

export const customerSchema = new Schema(
  {
    email: { type: String, required: true, match: /^[^@]+@[^@]+$/ },
    fullName: { type: String, required: true, maxlength: 120 },
    born: Date,
    settings: {
      type: Schema.Types.Mixed,
      required: true,
      default: () => ({ newsletter: false }),
    },
    tags: { type: [String], required: true, default: () => [] },
    referredBy: { type: Schema.Types.ObjectId, ref: "Customer" },
  },
  { collection: "customers", timestamps: { updatedAt: false } },
);

customerSchema.index(
  { email: 1 },
  { name: "customers_email_once", unique: true },
);
customerSchema.index({ "settings.$**": 1 }, { name: "customers_settings" });

export type Customer = InferSchemaType<typeof customerSchema>;

export const Customer = model("Customer", customerSchema);

export const orderSchema = new Schema(
  {
    _id: {
      type: Schema.Types.UUID,
      required: true,
      default: () => new Types.UUID(),
    },
    customerId: {
      type: Schema.Types.ObjectId,
      required: true,
      ref: "Customer",
    },
    status: {
      type: String,
      required: true,
      default: "draft",
      enum: ["draft", "paid", "sent"],
    },
    number: { type: Schema.Types.Int32, required: true },
    net: {
      type: Schema.Types.Decimal128,
      required: true,
      default: () => Types.Decimal128.fromString("0.00"),
    },
    gross: Schema.Types.Decimal128,
    note: String,
    cancelledAt: Date,
  },
  { collection: "orders" },
);

orderSchema.index(
  { customerId: 1, number: 1 },
  { name: "orders_customer_id_number_key", unique: true },
);
orderSchema.index(
  { customerId: 1, cancelledAt: -1 },
  { name: "orders_by_customer" },
);
orderSchema.index(
  { number: 1 },
  {
    name: "orders_live_number",
    unique: true,
    partialFilterExpression: { cancelledAt: null },
  },
);

export type Order = InferSchemaType<typeof orderSchema>;

export const Order = model("Order", orderSchema);

export const orderLineSchema = new Schema(
  {
    orderId: { type: Schema.Types.UUID, required: true, ref: "Order" },
    position: { type: Schema.Types.Int32, required: true },
    quantity: { type: Schema.Types.Int32, required: true, min: 1 },
  },
  { collection: "order_lines" },
);

orderLineSchema.index({ orderId: 1, position: 1 }, { unique: true });

export type OrderLine = InferSchemaType<typeof orderLineSchema>;

export const OrderLine = model("OrderLine", orderLineSchema);

export const changeSchema = new Schema(
  {
    orderId: Schema.Types.UUID,
    position: Schema.Types.Int32,
    at: String,
    took: String,
    ip: String,
    oldValue: String,
  },
  { collection: "changes" },
);

export type Change = InferSchemaType<typeof changeSchema>;

export const Change = model("Change", changeSchema);
