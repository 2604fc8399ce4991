"""Designs for Amazon DynamoDB: tables, keys and indexes chosen by cost, with the request of each pattern."""

from dbdesign.nosql.base import Designer
from dbdesign.nosql.dynamodb.design import SETTINGS, design

DESIGNER = Designer(name="dynamodb", title="Amazon DynamoDB", design=design, settings=SETTINGS)
