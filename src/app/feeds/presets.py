"""Column names of other systems' own account exports. Presets, so that nothing is left to a guess.

HubSpot: Settings of "Export view" on Companies, properties by their default labels. Salesforce: an
Accounts report, and the object's field names as Data Loader and the weekly export write them. In
both, "Annual Revenue" is what the customer earns, not what it pays us: it is never our ARR.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Preset(StrEnum):
    """The systems whose account exports are known."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"


IGNORED = ""

PRESETS: Mapping[Preset, Mapping[str, str]] = {
    Preset.HUBSPOT: {
        "Record ID": "account_id",
        "Record ID - Company": "account_id",
        "Company name": "name",
        "Company owner": "owner_email",
        "Company Domain Name": "domains",
        "Became a Customer Date": "customer_since",
        "Close Date": IGNORED,
        "Lifecycle Stage": "deal_stage",
        "Industry": "segment",
        "Description": "notes",
        "Web Technologies": "environment",
        "Annual contract value": "arr",
        "ARR": "arr",
        "Company currency": "currency",
        "Currency": "currency",
        "Renewal date": "renewal_date",
        "Contract start date": "contract_start",
        "Annual Revenue": IGNORED,
        "Total Revenue": IGNORED,
        "Recent Deal Amount": IGNORED,
        "Website URL": IGNORED,
        "Create Date": IGNORED,
        "Type": IGNORED,
        "About Us": IGNORED,
    },
    Preset.SALESFORCE: {
        "Account ID": "account_id",
        "Id": "account_id",
        "Account Name": "name",
        "Name": "name",
        "Account Owner": "owner_email",
        "Account Owner: Email": "owner_email",
        "Website": "domains",
        "Industry": "segment",
        "Description": "notes",
        "Account Description": "notes",
        "Customer Since": "customer_since",
        "ARR": "arr",
        "ARR__c": "arr",
        "ARR Currency": "currency",
        "CurrencyIsoCode": "currency",
        "Account Currency": "currency",
        "Contract Start Date": "contract_start",
        "Renewal Date": "renewal_date",
        "Renewal_Date__c": "renewal_date",
        "Annual Revenue": IGNORED,
        "AnnualRevenue": IGNORED,
        "Annual Revenue Currency": IGNORED,
        "Account Owner Alias": IGNORED,
        "OwnerId": IGNORED,
        "Created Date": IGNORED,
        "CreatedDate": IGNORED,
        "Type": IGNORED,
        "Account Number": IGNORED,
        "Parent Account ID": IGNORED,
    },
}
