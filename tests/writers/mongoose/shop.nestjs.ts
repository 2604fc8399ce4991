import { Prop, Schema, SchemaFactory } from "@nestjs/mongoose";
import {
  type HydratedDocument,
  Schema as MongooseSchema,
  Types,
} from "mongoose";

@Schema({ collection: "customers", timestamps: { updatedAt: false } })
export class Customer {
  @Prop({ required: true, match: /^[^@]+@[^@]+$/ })
  email!: string;

  @Prop({ required: true, maxlength: 120 })
  fullName!: string;

  @Prop()
  born?: Date;

  @Prop({
    type: MongooseSchema.Types.Mixed,
    required: true,
    default: () => ({ newsletter: false }),
  })
  settings!: unknown;

  @Prop({ type: [String], required: true, default: () => [] })
  tags!: string[];

  @Prop({ type: MongooseSchema.Types.ObjectId, ref: "Customer" })
  referredBy?: Types.ObjectId;
  createdAt!: Date;
}

export type CustomerDocument = HydratedDocument<Customer>;

export const CustomerSchema = SchemaFactory.createForClass(Customer);

CustomerSchema.index(
  { email: 1 },
  { name: "customers_email_once", unique: true },
);
CustomerSchema.index({ "settings.$**": 1 }, { name: "customers_settings" });

@Schema({ collection: "orders" })
export class Order {
  @Prop({
    type: MongooseSchema.Types.UUID,
    required: true,
    default: () => new Types.UUID(),
  })
  _id!: Types.UUID;

  @Prop({
    type: MongooseSchema.Types.ObjectId,
    required: true,
    ref: "Customer",
  })
  customerId!: Types.ObjectId;

  @Prop({ required: true, default: "draft", enum: ["draft", "paid", "sent"] })
  status!: string;

  @Prop({ type: MongooseSchema.Types.Int32, required: true })
  number!: number;

  @Prop({
    type: MongooseSchema.Types.Decimal128,
    required: true,
    default: () => Types.Decimal128.fromString("0.00"),
  })
  net!: Types.Decimal128;

  @Prop({ type: MongooseSchema.Types.Decimal128 })
  gross?: Types.Decimal128;

  @Prop()
  note?: string;

  @Prop()
  cancelledAt?: Date;
}

export type OrderDocument = HydratedDocument<Order>;

export const OrderSchema = SchemaFactory.createForClass(Order);

OrderSchema.index(
  { customerId: 1, number: 1 },
  { name: "orders_customer_id_number_key", unique: true },
);
OrderSchema.index(
  { customerId: 1, cancelledAt: -1 },
  { name: "orders_by_customer" },
);
OrderSchema.index(
  { number: 1 },
  {
    name: "orders_live_number",
    unique: true,
    partialFilterExpression: { cancelledAt: null },
  },
);

@Schema({ collection: "order_lines" })
export class OrderLine {
  @Prop({ type: MongooseSchema.Types.UUID, required: true, ref: "Order" })
  orderId!: Types.UUID;

  @Prop({ type: MongooseSchema.Types.Int32, required: true })
  position!: number;

  @Prop({ type: MongooseSchema.Types.Int32, required: true, min: 1 })
  quantity!: number;
}

export type OrderLineDocument = HydratedDocument<OrderLine>;

export const OrderLineSchema = SchemaFactory.createForClass(OrderLine);

OrderLineSchema.index({ orderId: 1, position: 1 }, { unique: true });

@Schema({ collection: "changes" })
export class Change {
  @Prop({ type: MongooseSchema.Types.UUID })
  orderId?: Types.UUID;

  @Prop({ type: MongooseSchema.Types.Int32 })
  position?: number;

  @Prop()
  at?: string;

  @Prop()
  took?: string;

  @Prop()
  ip?: string;

  @Prop()
  oldValue?: string;
}

export type ChangeDocument = HydratedDocument<Change>;

export const ChangeSchema = SchemaFactory.createForClass(Change);
