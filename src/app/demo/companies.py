"""The sixty made-up customers: who they are, who looks after them, and whose story they live."""

from __future__ import annotations

from typing import NamedTuple


class Company(NamedTuple):
    """One customer company."""

    name: str
    industry: str
    country: str
    culture: str
    """Whose names its people have; a key of `names.cultures`."""
    segment: str
    rep: str
    """Short name of the rep; empty: nobody owns it."""
    story: str
    """A key of `stories.STORIES`."""


_L, _M, _S = "Enterprise", "Mid-market", "Small business"
_EN, _DE, _NO, _NL, _FR, _IB = "english", "german", "nordic", "dutch", "french", "iberian"
_IT, _SL, _IN, _JP, _KR, _AF = "italian", "slavic", "indian", "japanese", "korean", "african"

COMPANIES: tuple[Company, ...] = (
    # Marcus: North America
    Company("Alderpoint Freight", "Logistics", "US", _EN, _L, "marcus", "aged_p1s"),
    Company("Brackenmoor Mutual", "Insurance", "US", _EN, _L, "marcus", "steady_distant"),
    Company("Calloway & Tern Outfitters", "Retail", "US", _EN, _M, "marcus", "nps_fell"),
    Company("Dunmere Health Partners", "Healthcare", "US", _EN, _L, "marcus", "worsened"),
    Company("Quillhaven Credit Union", "Banking", "US", _EN, _M, "marcus", "steady_lean"),
    Company("Fernhollow Foods", "Food", "US", _EN, _M, "marcus", "renewal_window"),
    Company("Granite Spur Energy", "Energy", "US", _EN, _L, "marcus", "growing"),
    Company("Hexholm Analytics", "Software", "US", _EN, _S, "marcus", "steady"),
    Company("Ironquay Marine Supply", "Wholesale", "US", _EN, _M, "marcus", "silent_today"),
    Company("Juniper Ledge Hospitality", "Hospitality", "CA", _EN, _M, "marcus", "past_outage"),
    Company("Larkmeadow Education", "Education", "US", _EN, _M, "marcus", "steady_late_payer"),
    Company("Millstone Row Realty", "Real estate", "US", _EN, _S, "marcus", "ended"),
    Company("Northfold Robotics", "Manufacturing", "US", _EN, _M, "marcus", "growing"),
    Company("Oxbarrow Capital", "Finance", "US", _EN, _L, "marcus", "flood"),
    # Dana: United Kingdom, Ireland, South Africa
    Company("Pinecrag Telecom", "Telecommunications", "GB", _EN, _L, "dana", "busy"),
    Company("Quarrystone Building Supply", "Wholesale", "GB", _EN, _M, "dana", "overdue_60"),
    Company("Redfern Hollow Media", "Media", "GB", _EN, _M, "dana", "decline_near_renewal"),
    Company("Saltmarsh Biologics", "Pharmaceuticals", "GB", _EN, _M, "dana", "renewing_well"),
    Company("Tallgrove Pharmacies", "Retail", "GB", _EN, _L, "dana", "one_old_p2"),
    Company("Umberfield Assurance", "Insurance", "GB", _EN, _L, "dana", "past_flood"),
    Company("Vellacombe Publishing", "Media", "GB", _EN, _S, "dana", "champion_left"),
    Company("Wexmoor Rail Services", "Transport", "GB", _EN, _L, "dana", "rail_p2s_today"),
    Company("Yarrowdale Housing", "Public sector", "GB", _EN, _M, "", "steady_late_payer"),
    Company("Carrowmere Utilities", "Utilities", "IE", _EN, _L, "dana", "steady"),
    Company("Ballintrae Payments", "Finance", "IE", _EN, _M, "dana", "seats_full"),
    Company("Umlanjana Mobile", "Telecommunications", "ZA", _AF, _M, "dana", "newcomer"),
    # Tomas: Germany, Austria, Switzerland, central and southern Europe
    Company("Brückental Maschinenbau", "Manufacturing", "DE", _DE, _L, "tomas", "many_urgent"),
    Company("Wolkenstedt Logistik", "Logistics", "DE", _DE, _M, "tomas", "just_recovered"),
    Company("Ostermoor Versicherung", "Insurance", "DE", _DE, _L, "tomas", "eu_steady"),
    Company("Eschbruck Werkzeuge", "Manufacturing", "DE", _DE, _M, "tomas", "eu_amber"),
    Company("Gletschblick Reisen", "Travel", "CH", _DE, _M, "tomas", "commercial_red"),
    Company("Aubrunn Energie", "Energy", "AT", _DE, _L, "tomas", "eu_steady"),
    Company("Jasnobór Medica", "Healthcare", "PL", _SL, _M, "tomas", "steady_distant"),
    Company("Kamenov Glass", "Manufacturing", "CZ", _SL, _M, "tomas", "recovered"),
    Company("Officine Montebrina", "Manufacturing", "IT", _IT, _M, "tomas", "steady_lean"),
    Company("Castelvero Moda", "Retail", "IT", _IT, _S, "tomas", "decline_far"),
    Company("Cortijo Alsinar", "Food", "ES", _IB, _S, "tomas", "no_heartbeat"),
    Company("Ribalonga Seguros", "Insurance", "PT", _IB, _M, "tomas", "steady_late_payer"),
    # Ines: Nordics, Benelux, France
    Company("Skarvsund Sjømat", "Food", "NO", _NO, _M, "ines", "steady_distant"),
    Company("Klitmark Shipping", "Logistics", "DK", _NO, _L, "ines", "flapping"),
    Company("Björkhamra Bygg", "Construction", "SE", _NO, _M, "ines", "steady"),
    Company("Lumisaari Games", "Software", "FI", _NO, _S, "ines", "growing"),
    Company("Vintersken Apotek", "Retail", "SE", _NO, _M, "ines", "silent_week"),
    Company("Hoorendijk Bloemen", "Wholesale", "NL", _NL, _M, "ines", "eu_steady"),
    Company("Waterlinde Bank", "Banking", "NL", _NL, _L, "ines", "steady_lean"),
    Company("Kempenrode Foods", "Food", "BE", _NL, _M, "ines", "slow_start"),
    Company("Maison Aubervent", "Retail", "FR", _FR, _M, "ines", "eu_joined"),
    Company("Courmarin Transport", "Transport", "FR", _FR, _M, "ines", "overdue_90"),
    # Priya: Asia, Pacific, Latin America
    Company("Wattlebrook Insurance", "Insurance", "AU", _EN, _L, "priya", "steady"),
    Company("Merrindoon Resources", "Mining", "AU", _EN, _L, "priya", "technical_red"),
    Company("Tahiwai Dairy Co-operative", "Food", "NZ", _EN, _M, "priya", "past_silence"),
    Company("Minatosaka Electronics", "Manufacturing", "JP", _JP, _L, "priya", "steady_distant"),
    Company("Haneulbit Commerce", "Retail", "KR", _KR, _M, "priya", "growing"),
    Company(
        "Straitsgate Marine Insurance", "Insurance", "SG", _EN, _M, "priya", "one_old_p2_claims"
    ),
    Company("Suryavarta Textiles", "Manufacturing", "IN", _IN, _M, "priya", "known_amber"),
    Company("Vindhara Pharma", "Pharmaceuticals", "IN", _IN, _L, "priya", "steady"),
    Company("Serravelha Agro", "Agriculture", "BR", _IB, _M, "priya", "decline_far"),
    Company("Kallanai Logistics", "Logistics", "IN", _IN, _M, "priya", "p2s_today"),
    Company("Pedraluz Saúde", "Healthcare", "BR", _IB, _M, "priya", "steady_lean"),
    Company("Torvane Instruments", "Manufacturing", "SG", _EN, _S, "priya", "fewer_calls"),
)
"""In order of territory. Names are invented; none is known to be a firm's."""
