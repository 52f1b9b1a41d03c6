"""Words that are no names: ordinary English, and what is written with a capital all the same.

Whether a word is a name is a guess where it stands in neither list; a wrong guess costs a text.
"""

from __future__ import annotations

from pathlib import Path


def _listed(file: str) -> frozenset[str]:
    return frozenset(Path(__file__).with_name(file).read_text(encoding="utf-8").split())


ORDINARY = _listed("ordinary_words.txt")
"""English in lower case, without words that are names more often than words."""
GIVEN_NAMES = _listed("given_names.txt")
"""First names that are no words, in lower case: a name even where it is written small."""

CAPITALISED = frozenset(
    [
        "I",
        "I'm",
        "I've",
        "I'd",
        "I'll",
        "A",
        "P.S",
        "PS",
        "OK",
        "FYI",
        "Q&A",
        "FAQ",
        "API",
        "APIs",
        "SSO",
        "SAML",
        "SDK",
        "SDKs",
        "CSV",
        "JSON",
        "XML",
        "PDF",
        "HTML",
        "HTTP",
        "HTTPS",
        "REST",
        "URL",
        "URLs",
        "SQL",
        "UTC",
        "GMT",
        "CET",
        "CEST",
        "VPN",
        "TLS",
        "SSL",
        "SSH",
        "DNS",
        "IP",
        "IPs",
        "CPU",
        "RAM",
        "ID",
        "IDs",
        "IT",
        "UI",
        "UX",
        "QA",
        "ERP",
        "ETL",
        "PM",
        "AM",
        "CLI",
        "KPI",
        "KPIs",
        "OAuth",
        "English",
        "German",
        "French",
        "Internet",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
)
"""Written like this in the middle of a sentence without being somebody's or something's name."""

TITLES = frozenset(
    [
        "technical",
        "account",
        "customer",
        "success",
        "manager",
        "support",
        "engineering",
        "engineer",
        "engineers",
        "team",
        "product",
        "services",
        "service",
        "sales",
        "head",
        "director",
        "lead",
        "officer",
        "chief",
        "senior",
    ]
)
"""Written with a capital where somebody says what he is."""

AMONG_US = frozenset(
    {"Red", "Amber", "Green", "RAG", "ARR", "NPS", "CSAT", "QBR", "CRM", "TAM", "CSM"}
)
"""What our own people write with a capital."""

HONORIFICS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "madam"})
