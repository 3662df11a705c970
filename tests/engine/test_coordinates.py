"""Places in digits, in degrees and in the links of maps."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.understanding import coordinates

GOOGLE = "https://www.google.com/maps/place/Karakol/@42.1,78.1,13z/data=!3m1!4b1!4m6!8m2!3d42.49!4d78.39"
TWOGIS = "https://2gis.kg/karakol/geo/70000001019345454/78.39,42.49"


@pytest.mark.parametrize(
    "typed",
    [
        "42.49, 78.39", "42.49 78.39", "42.49,78.39", "42.49;78.39", "(42.49, 78.39)", "42.49 / 78.39", "42,49 78,39",
        "42,49, 78,39", "42,49; 78,39", "42.49\n78.39", "N42.49 E78.39", "42.49N, 78.39E", "４２.４９ ７８.３９",
        "42.49 78.39 0 0", "42.490000 78.390000", "42.49° 78.39°", "42°29'24\"N 78°23'24\"E", "42°29′24″ 78°23′24″",
        "42°29.4' 78°23.4'", "42°29'24\" с.ш. 78°23'24\" в.д.", "78°23′24″ в.д., 42°29′24″ с.ш.", GOOGLE, TWOGIS,
        "https://www.google.com/maps/@42.49,78.39,15z", "https://maps.google.com/?q=42.49,78.39",
        "https://www.google.com/maps/search/42.49,+78.39", "https://maps.google.com/maps?q=loc:42.49,78.39",
        "https://www.google.com/maps?q=42.49%2C78.39", "Мына: https://maps.google.com/?q=42.49,78.39 ушул жер",
        "https://2gis.kg/karakol?m=78.39%2C42.49%2F16",
        "https://2gis.kg/karakol/firm/7000/78.39%2C42.49?m=78.1%2C42.1",
        "https://yandex.ru/maps/?ll=78.39%2C42.49&z=12", "https://www.openstreetmap.org/#map=15/42.49/78.39",
        "https://www.openstreetmap.org/?mlat=42.49&mlon=78.39#map=12/42.1/78.1", "geo:42.49,78.39?z=3",
        "https://maps.apple.com/?ll=42.49,78.39",
    ],
)  # fmt: skip
def test_a_place_is_read_however_it_is_given(typed: str) -> None:
    assert coordinates.read(typed) == "42.49 78.39 0 0"


@pytest.mark.parametrize(
    ("typed", "place"),
    [("42.49 78.39 1690 5", "42.49 78.39 1690 5"),
     ("42.490737 78.393609 1690.25 4.8", "42.490737 78.393609 1690.25 4.8"),
     ("-33.86 151.21", "-33.86 151.21 0 0"), ("−33.86, −70.5", "-33.86 -70.5 0 0"), ("0.0 0.0", "0 0 0 0"),
     ("33°51'36\"S 151°12'36\"E", "-33.86 151.21 0 0"),
     ("42.4907371234567, 78.3936091234", "42.490737 78.393609 0 0")],
)  # fmt: skip
def test_height_and_sides_of_the_earth_are_kept(typed: str, place: str) -> None:
    assert coordinates.read(typed) == place


@pytest.mark.parametrize(
    "typed",
    ["Кара-Ой айылы", "мектептин жанында", "ул. Ленина 5, кв. 12", "5", "42 78", "дом 42.49", "5.5 км от села", "",
     "?",
     "https://maps.app.goo.gl/abcd", "https://example.org/42", "21.03.1990", "https://2gis.kg/karakol/firm/7000"],
)  # fmt: skip
def test_words_are_no_coordinates(typed: str) -> None:
    assert coordinates.read(typed) is None


@pytest.mark.parametrize("typed", ["142.49, 78.39", "42.49 278.39", "99°00'00\"N 78°23'24\"E"])
def test_what_is_nowhere_on_earth_is_an_error(typed: str) -> None:
    with pytest.raises(ValueError, match="no place on earth"):
        coordinates.read(typed)


@hypothesis.given(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
def test_every_place_is_read_back(north: int, east: int) -> None:
    latitude, longitude = f"{north / 1e6:.6f}", f"{east / 1e6:.6f}"
    read = coordinates.read(f"{latitude}, {longitude}")
    assert read is not None
    assert [float(each) for each in read.split()] == [float(latitude), float(longitude), 0.0, 0.0]
    assert coordinates.read(read) in (read, None), "read again it is the same; without a point, words"


@hypothesis.settings(max_examples=400)
@hypothesis.given(st.text(max_size=60) | st.text(alphabet="0123456789.,°'\"NSEW -?=&/@!mпсшв https", max_size=40))
def test_whatever_is_typed_a_place_is_on_earth(typed: str) -> None:
    try:
        place = coordinates.read(typed)
    except ValueError as error:
        assert str(error) == "no place on earth"
    else:
        assert place is None or len(place.split()) == 4
