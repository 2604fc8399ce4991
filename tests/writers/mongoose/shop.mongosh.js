db.createCollection("customers", {
  validator: {
    $jsonSchema: {
      bsonType: "object",
      required: ["email", "fullName", "settings", "tags", "createdAt"],
      properties: {
        _id: {},
        email: { bsonType: "string", pattern: "^[^@]+@[^@]+$" },
        fullName: { bsonType: "string", maxLength: 120 },
        born: { bsonType: ["date", "null"] },
        settings: {},
        tags: {
          bsonType: "array",
          items: { bsonType: "string" },
        },
        referredBy: { bsonType: ["objectId", "null"] },
        createdAt: { bsonType: "date" },
        __v: { bsonType: ["int", "long", "double"] },
      },
      additionalProperties: false,
    },
  },
  validationLevel: "strict",
  validationAction: "error",
});

db.getCollection("customers").createIndex(
  { email: 1 },
  { name: "customers_email_once", unique: true },
);
db.getCollection("customers").createIndex(
  { "settings.$**": 1 },
  { name: "customers_settings" },
);

db.createCollection("orders", {
  validator: {
    $jsonSchema: {
      bsonType: "object",
      required: ["_id", "customerId", "status", "number", "net"],
      properties: {
        _id: { bsonType: "binData" },
        customerId: { bsonType: "objectId" },
        status: { bsonType: "string", enum: ["draft", "paid", "sent"] },
        number: { bsonType: "int" },
        net: { bsonType: "decimal" },
        gross: { bsonType: ["decimal", "null"] },
        note: { bsonType: ["string", "null"] },
        cancelledAt: { bsonType: ["date", "null"] },
        __v: { bsonType: ["int", "long", "double"] },
      },
      additionalProperties: false,
    },
  },
  validationLevel: "strict",
  validationAction: "error",
});

db.getCollection("orders").createIndex(
  { customerId: 1, number: 1 },
  { name: "orders_customer_id_number_key", unique: true },
);
db.getCollection("orders").createIndex(
  { customerId: 1, cancelledAt: -1 },
  { name: "orders_by_customer" },
);
db.getCollection("orders").createIndex(
  { number: 1 },
  {
    name: "orders_live_number",
    unique: true,
    partialFilterExpression: { cancelledAt: null },
  },
);

db.createCollection("order_lines", {
  validator: {
    $jsonSchema: {
      bsonType: "object",
      required: ["orderId", "position", "quantity"],
      properties: {
        _id: {},
        orderId: { bsonType: "binData" },
        position: { bsonType: "int" },
        quantity: { bsonType: "int", minimum: 1 },
        __v: { bsonType: ["int", "long", "double"] },
      },
      additionalProperties: false,
    },
  },
  validationLevel: "strict",
  validationAction: "error",
});

db.getCollection("order_lines").createIndex(
  { orderId: 1, position: 1 },
  { unique: true },
);

db.createCollection("changes", {
  validator: {
    $jsonSchema: {
      bsonType: "object",
      properties: {
        _id: {},
        orderId: { bsonType: ["binData", "null"] },
        position: { bsonType: ["int", "null"] },
        at: { bsonType: ["string", "null"] },
        took: { bsonType: ["string", "null"] },
        ip: { bsonType: ["string", "null"] },
        oldValue: { bsonType: ["string", "null"] },
        __v: { bsonType: ["int", "long", "double"] },
      },
      additionalProperties: false,
    },
  },
  validationLevel: "strict",
  validationAction: "error",
});
