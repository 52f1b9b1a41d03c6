"""What the made-up vendor sells: one product for moving business data, with paid modules."""

from __future__ import annotations

from decimal import Decimal

from app.domain.tenant_settings import FeatureValue

VENDOR_DOMAIN = "fathomline.example"

CORE_FEATURES = ("Pipelines", "Scheduled syncs")
"""Nobody works with the product and not with these."""

BASE_FEATURES = (
    *CORE_FEATURES,
    "Field mapping",
    "Connector library",
    "Run history",
    "Alerting",
    "Audit log",
)
"""In every contract."""

PAID_MODULES = (
    "Reverse sync",
    "Event streaming",
    "Data quality checks",
    "Sandbox environments",
    "API gateway",
)
"""Bought one by one."""

VALUE = {
    "Scheduled syncs": FeatureValue(minutes_saved_per_use=4),
    "Field mapping": FeatureValue(minutes_saved_per_use=2.5),
    "Data quality checks": FeatureValue(minutes_saved_per_use=6),
    "Reverse sync": FeatureValue(
        minutes_saved_per_use=3, revenue_per_use=Decimal("0.40"), currency="USD"
    ),
}
"""What the vendor can stand by of a use's worth: by no means of every feature."""

FAMILIES: dict[str, tuple[str, ...]] = {"Real time": ("Event streaming", "API gateway")}
"""Modules that go together."""

SOURCES = (
    "Salesforce",
    "NetSuite",
    "SAP S/4HANA",
    "Dynamics 365",
    "HubSpot",
    "Workday",
    "Shopify",
    "ServiceNow",
    "Oracle Database",
    "SQL Server",
)
"""Systems that customers read from."""

TARGETS = ("Snowflake", "BigQuery", "PostgreSQL", "Redshift", "Databricks", "Azure Synapse")
"""Where customers load to."""

SURROUNDINGS = (
    "Power BI",
    "Tableau",
    "Looker",
    "Okta",
    "Microsoft Entra ID",
    "dbt",
    "Airflow",
    "Slack",
    "Microsoft Teams",
    "Datadog",
    "Terraform",
    "Kafka",
)
"""Other applications that stand beside it."""
