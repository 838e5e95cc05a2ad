"""Reads OpenMetrics with Prometheus' own parser for Python, which refuses what is not in its form."""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    print(family.name, family.type, family.unit, len(family.samples))
