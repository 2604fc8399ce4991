resource "aws_dynamodb_table" "event" {
  name                        = "event"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "event_id"
  deletion_protection_enabled = true

  attribute {
    name = "event_id"
    type = "S"
  }

  attribute {
    name = "venue_id"
    type = "S"
  }

  attribute {
    name = "starts_at"
    type = "S"
  }

  global_secondary_index {
    name = "by_venue_id_starts_at"
    hash_key = "venue_id"
    range_key = "starts_at"
    projection_type = "INCLUDE"
    non_key_attributes = ["title"]
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "seat" {
  name                        = "seat"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "seat_no"
  deletion_protection_enabled = true

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "seat_no"
    type = "S"
  }

  attribute {
    name = "event_id"
    type = "S"
  }

  attribute {
    name = "section"
    type = "S"
  }

  attribute {
    name = "state"
    type = "S"
  }

  attribute {
    name = "booking_id"
    type = "S"
  }

  attribute {
    name = "state_is_held"
    type = "S"
  }

  attribute {
    name = "held_until"
    type = "S"
  }

  global_secondary_index {
    name = "by_event_id_section_state"
    key_schema {
      attribute_name = "event_id"
      key_type       = "HASH"
    }
    key_schema {
      attribute_name = "section"
      key_type       = "HASH"
    }
    key_schema {
      attribute_name = "state"
      key_type       = "HASH"
    }
    projection_type = "INCLUDE"
    non_key_attributes = ["price"]
  }

  global_secondary_index {
    name = "by_booking_id"
    hash_key = "booking_id"
    projection_type = "ALL"
  }

  global_secondary_index {
    name = "by_state_is_held_held_until"
    hash_key = "state_is_held"
    range_key = "held_until"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "booking" {
  name                        = "booking"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "booking_id"
  deletion_protection_enabled = true

  attribute {
    name = "booking_id"
    type = "S"
  }

  attribute {
    name = "customer_id"
    type = "S"
  }

  attribute {
    name = "booked_at"
    type = "S"
  }

  global_secondary_index {
    name = "by_customer_id_booked_at"
    hash_key = "customer_id"
    range_key = "booked_at"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "event_seats_left_counter" {
  name                        = "event_seats_left_counter"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "counter"
  deletion_protection_enabled = true
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "counter"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
