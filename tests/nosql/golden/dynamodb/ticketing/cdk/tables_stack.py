"""Tables designed from access patterns."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct


class TablesStack(cdk.Stack):
    """Tables designed from access patterns."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        dynamodb.TableV2(
            self,
            'Event',
            table_name='event',
            partition_key=dynamodb.Attribute(name='event_id', type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name='by_venue_id_starts_at',
                    partition_key=dynamodb.Attribute(name='venue_id', type=dynamodb.AttributeType.STRING),
                    sort_key=dynamodb.Attribute(name='starts_at', type=dynamodb.AttributeType.STRING),
                    projection_type=dynamodb.ProjectionType.INCLUDE,
                    non_key_attributes=['title'],
                ),
            ],
        )

        dynamodb.TableV2(
            self,
            'Seat',
            table_name='seat',
            partition_key=dynamodb.Attribute(name='pk', type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name='seat_no', type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name='by_event_id_section_state',
                    partition_keys=[dynamodb.Attribute(name='event_id', type=dynamodb.AttributeType.STRING), dynamodb.Attribute(name='section', type=dynamodb.AttributeType.STRING), dynamodb.Attribute(name='state', type=dynamodb.AttributeType.STRING)],
                    projection_type=dynamodb.ProjectionType.INCLUDE,
                    non_key_attributes=['price'],
                ),
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name='by_booking_id',
                    partition_key=dynamodb.Attribute(name='booking_id', type=dynamodb.AttributeType.STRING),
                    projection_type=dynamodb.ProjectionType.ALL,
                ),
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name='by_state_is_held_held_until',
                    partition_key=dynamodb.Attribute(name='state_is_held', type=dynamodb.AttributeType.STRING),
                    sort_key=dynamodb.Attribute(name='held_until', type=dynamodb.AttributeType.STRING),
                    projection_type=dynamodb.ProjectionType.ALL,
                ),
            ],
        )

        dynamodb.TableV2(
            self,
            'Booking',
            table_name='booking',
            partition_key=dynamodb.Attribute(name='booking_id', type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name='by_customer_id_booked_at',
                    partition_key=dynamodb.Attribute(name='customer_id', type=dynamodb.AttributeType.STRING),
                    sort_key=dynamodb.Attribute(name='booked_at', type=dynamodb.AttributeType.STRING),
                    projection_type=dynamodb.ProjectionType.ALL,
                ),
            ],
        )

        dynamodb.TableV2(
            self,
            'EventSeatsLeftCounter',
            table_name='event_seats_left_counter',
            partition_key=dynamodb.Attribute(name='counter', type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        )
