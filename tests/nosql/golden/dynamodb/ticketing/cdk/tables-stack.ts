import * as cdk from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";

/** Tables designed from access patterns. */
export class TablesStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    new dynamodb.TableV2(this, "Event", {
      tableName: "event",
      partitionKey: { name: "event_id", type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      globalSecondaryIndexes: [
        { indexName: "by_venue_id_starts_at", partitionKey: { name: "venue_id", type: dynamodb.AttributeType.STRING }, sortKey: { name: "starts_at", type: dynamodb.AttributeType.STRING }, projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: ["title"] },
      ],
    });

    new dynamodb.TableV2(this, "Seat", {
      tableName: "seat",
      partitionKey: { name: "pk", type: dynamodb.AttributeType.STRING },
      sortKey: { name: "seat_no", type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      globalSecondaryIndexes: [
        { indexName: "by_event_id_section_state", partitionKeys: [{ name: "event_id", type: dynamodb.AttributeType.STRING }, { name: "section", type: dynamodb.AttributeType.STRING }, { name: "state", type: dynamodb.AttributeType.STRING }], projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: ["price"] },
        { indexName: "by_booking_id", partitionKey: { name: "booking_id", type: dynamodb.AttributeType.STRING }, projectionType: dynamodb.ProjectionType.ALL },
        { indexName: "by_state_is_held_held_until", partitionKey: { name: "state_is_held", type: dynamodb.AttributeType.STRING }, sortKey: { name: "held_until", type: dynamodb.AttributeType.STRING }, projectionType: dynamodb.ProjectionType.ALL },
      ],
    });

    new dynamodb.TableV2(this, "Booking", {
      tableName: "booking",
      partitionKey: { name: "booking_id", type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      globalSecondaryIndexes: [
        { indexName: "by_customer_id_booked_at", partitionKey: { name: "customer_id", type: dynamodb.AttributeType.STRING }, sortKey: { name: "booked_at", type: dynamodb.AttributeType.STRING }, projectionType: dynamodb.ProjectionType.ALL },
      ],
    });

    new dynamodb.TableV2(this, "EventSeatsLeftCounter", {
      tableName: "event_seats_left_counter",
      partitionKey: { name: "counter", type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
  }
}
