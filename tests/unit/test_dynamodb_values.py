"""Attribute values, against boto3's own serializer as the judge."""

from __future__ import annotations

import math

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from nexus.adapters.dynamodb.values import from_attribute, to_attribute

scalars = st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text() | st.binary()
values = st.recursive(
    scalars, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
)


@given(values)
def test_values_are_written_as_boto3_writes_them_and_come_back(value):
    attribute = to_attribute(value)
    assert attribute == TypeSerializer().serialize(value)
    assert from_attribute(attribute) == value
    assert type(from_attribute(attribute)) is type(value)


@given(st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100) | st.just(0.0))
def test_floats_come_back_exactly(value):
    attribute = to_attribute(value)
    assert from_attribute(attribute) == value
    assert float(TypeDeserializer().deserialize(attribute)) == value


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_dynamodb_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        to_attribute(value)
