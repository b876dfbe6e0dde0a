"""Writes the sample calendar of the stand-in, and limits counted by another's program for the kiosk's test.

    pip install holidays==0.109
    python3 working_days.py src/catalogue/calendar.json ../../src/calendar/tests/counted.json
"""

import datetime
import json
import sys

import holidays

YEARS = [2026, 2027, 2028]
LIMITS = [1, 2, 3, 5, 7, 10, 12, 15, 20, 30, 45]

vietnam = holidays.country_holidays("VN", years=YEARS)
last = datetime.date(YEARS[-1], 12, 31)


def stamp(day):
    return day.strftime("%Y%m%d")


sample = {
    "LichDenNgay": stamp(last),
    "NgayLamBu": sorted(stamp(day) for day in vietnam.weekend_workdays if day.year in YEARS),
    "NgayNghi": sorted(stamp(day) for day in vietnam if day.year in YEARS),
}

cases = []
begun = {day - datetime.timedelta(days=before) for day in vietnam if day.year in YEARS[:2] for before in (0, 1, 3, 8)}
for number, day in enumerate(sorted(begun)):
    for limit in (LIMITS[number % len(LIMITS)], LIMITS[(number * 7 + 3) % len(LIMITS)]):
        due, left = day, limit
        while left:
            due += datetime.timedelta(days=1)
            left -= vietnam.is_working_day(due)
        if vietnam.is_working_day(day):
            assert due == vietnam.get_nth_working_day(day, limit), (day, limit)
        cases.append([stamp(day), limit, stamp(due)])

for path, content in zip(sys.argv[1:], (sample, cases)):
    lines = json.dumps(content, separators=(", ", ": "))
    if content is cases:
        lines = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]"
    with open(path, "w", encoding="utf-8") as file:
        file.write(lines + "\n")
