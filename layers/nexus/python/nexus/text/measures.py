"""Units of measure in the large languages, each with its dimension and its factor."""

from __future__ import annotations

# A dimension, the factor to its base unit, and the words for it. A month has no fixed number of
# days, nor has a year: `same_duration` knows what people take for one.
_UNITS = """
days 1/86400 second seconds sec secs detik sekunde sekunden seconde secondes segundo segundos 秒 초
days 1/1440 minute minutes min mins menit minuten minuto minutos 分钟 分鐘 분
days 1/24 hour hours hr hrs jam stunde stunden heure heures hora horas 小时 小時 時間 시간
days 1 day days hari tag tage tagen jour jours día días dia dias 天 日 일
days 7 week weeks minggu pekan woche wochen semaine semaines semana semanas 周 週 星期 週間 주 주일
days 14 fortnight fortnights
months 1 month months bulan monat monate monaten mois mes meses 个月 個月 ヶ月 か月 개월 달
months 12 year years yr yrs tahun jahr jahre jahren an ans année années año años 年 년
months 120 decade decades dekade dasawarsa
months 1200 세기 世纪 世紀
metres 0.001 mm
metres 0.01 cm
metres 1 m metre metres meter meters
metres 1000 km kilometre kilometres kilometer kilometers
metres 0.0254 inch inches
metres 0.3048 foot feet ft
metres 1609.344 mile miles mil
grams 0.001 mg
grams 1 g gram grams
grams 1000 kg kilogram kilograms kilo kilos
grams 453.592 lb lbs
grams 28.3495 oz ounce ounces
litres 0.001 ml
litres 1 l litre litres liter liters
bytes 1 kb
bytes 1000 mb
bytes 1000000 gb
bytes 1000000000 tb
share 0.01 % percent persen prozent ciento 퍼센트
money:usd 1 $ usd dollar dollars dolar us$ 美元 달러
money:eur 1 € eur euro euros 欧元 유로
money:gbp 1 £ gbp
money:idr 1 rp idr rupiah
money:jpy 1 ¥ jpy yen 円
money:cny 1 元 rmb yuan cny 块
money:krw 1 ₩ krw won 원
money:sgd 1 sgd
money:myr 1 myr ringgit
money:aud 1 aud
""".strip()


def _factor(written: str) -> float:
    top, _, bottom = written.partition("/")
    return float(top) / float(bottom or 1)


UNITS: dict[str, tuple[str, float]] = {
    word: (dimension, _factor(factor))
    for dimension, factor, *words in map(str.split, _UNITS.splitlines())
    for word in words
}
# What stands behind a number without a blank in scripts that set none, longest first.
EASTERN = tuple(
    sorted((w for w in UNITS if not w.isascii() and ord(w[0]) > 0x2E80), key=len, reverse=True)
)
CURRENCIES = frozenset(word for word, (dimension, _) in UNITS.items() if dimension[:5] == "money")

# How often: per day, a month, daily, yearly.
_RATES = {
    "hour": "hour hourly jam stunde heure hora",
    "day": "day daily hari harian tag täglich jour día diario",
    "week": "week weekly minggu mingguan woche wöchentlich semaine semana",
    "month": "month monthly bulan bulanan monat monatlich mois mensuel mes mensual",
    "semester": "semester term",
    "year": "year yearly annually annual annum tahun tahunan jahr jährlich an année año anual",
}
RATE_WORDS = {word: rate for rate, words in _RATES.items() for word in words.split()}


def same_duration(days: float, months: float) -> bool:
    """Whether so many days are what people call so many months: 30 days one, 365 days twelve."""
    if months <= 0:
        return False
    return months * 28 <= days <= months * 31 and (months < 3 or days >= months * 30 - 1)
