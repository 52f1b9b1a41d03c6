"""Made-up people: first and family names by culture, combined, never one person twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import product
from random import Random

_FIRST: dict[str, str] = {
    "english": "Alice Damian Corinne Ellis Fiona Gareth Holly Imogen Jerome Kendra Lionel Maeve "
    "Nolan Odette Preston Rosalind",
    "german": "Anke Bernd Carina Dieter Elke Falk Gesine Henrik Ilka Jochen",
    "nordic": "Astrid Bjørn Cecilie Eskil Freja Gunnar Hedda Ilmari Jonna Kasper",
    "dutch": "Anouk Bram Carlijn Daan Femke Gijs Hanneke Jorrit",
    "french": "Aurélie Bastien Clémence Damien Élodie Florent Gaëlle Hugo",
    "iberian": "Adela Bruno Catarina Duarte Elvira Fermín Gonçalo Inês Joaquín Lourdes",
    "italian": "Alessia Bruno Chiara Dario Elena Fabrizio Giada Ivo",
    "slavic": "Agnieszka Bartosz Dorota Jiří Kamila Lubomír Milena Ondřej Wiesława Zbigniew",
    "indian": "Aditi Bhavesh Charu Devika Eshan Gauri Harish Ishita Kunal Lavanya",
    "japanese": "Akari Daichi Emiko Haruto Kazumi Naoko Ryota Shiori",
    "korean": "Dae-jung Eun-ji Ha-neul Jae-hwan Min-seo Seo-yeon",
    "african": "Ayanda Bongani Lerato Nomsa Sipho Thandeka",
}
_FAMILY: dict[str, str] = {
    "english": "Ashdown Birkett Carrow Dunmore Elphick Fairbourne Garrick Hollis Inskip Jessop "
    "Kersley Lowther Marchbank Northcote Penrose Quarles",
    "german": "Albers Brandhuber Dornfeld Eichhorst Feldkamp Grothe Hartwich Kessenich Lammers",
    "nordic": "Aakre Bergstad Dalsgaard Ekdahl Fossum Granqvist Hollström Kivelä Lindahl Nygren",
    "dutch": "Aalbers Brinkhof Dekkers Hoogland Kuipers Meerdink Rietveld Zandstra",
    "french": "Aubrac Belmont Charrier Delmas Fauvel Garnier Lacombe Montel",
    "iberian": "Almendro Barreda Cardoso Esteves Figueira Labrador Monteiro Olmedo Prado Robles",
    "italian": "Bellandi Corradi Ferrante Galvani Lorini Marchetti Ravelli Sartori",
    "slavic": "Borek Cermak Dvorsky Gajda Hajek Kalina Lipski Novotna Sobotka Zawada",
    "indian": "Bhatt Chaudhary Deshmukh Iyer Kulkarni Menon Nambiar Pillai Raghavan Saxena",
    "japanese": "Aoyama Fujimori Hirano Kitagawa Murase Nishida Okabe Shimada",
    "korean": "Bae Chung Hwang Kang Noh Shin",
    "african": "Dlamini Khoza Mabena Ndaba Radebe Zwane",
}

_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae"})


def plain(text: str) -> str:
    """The text in lower-case ASCII letters, digits and hyphens, as addresses and ids want it."""
    bare = unicodedata.normalize("NFKD", text.translate(_PLAIN)).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in bare).lower().split())


def address(name: str, domain: str) -> str:
    """`Élodie Garnier` at `x.example` → `elodie.garnier@x.example`."""
    first, _, family = name.partition(" ")
    return f"{plain(first)}.{plain(family)}@{domain}"


def cultures() -> tuple[str, ...]:
    """Every culture there are names for."""
    return tuple(_FIRST)


def full_names(culture: str, rng: Random) -> Iterator[str]:
    """Full names of one culture in an order drawn from `rng`, each once."""
    pairs = list(product(_FIRST[culture].split(), _FAMILY[culture].split()))
    rng.shuffle(pairs)
    return (f"{first} {family}" for first, family in pairs)
