"""The link: short, exact, and deaf to anything it did not write itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.composants.lien import DEPARTEMENTS, LienInvalideError, decode_lien, encode_lien

codes_possibles = st.builds(
    lambda d, n: d + str(n).zfill(5 - len(d)) if len(d) == 2 else d + str(n % 100).zfill(2),
    st.sampled_from(DEPARTEMENTS),
    st.integers(1, 999),
)


@given(st.sets(codes_possibles, max_size=400), st.sets(codes_possibles, max_size=5))
def test_un_lien_relu_rend_les_memes_codes(codes, partielles):
    lu = decode_lien(encode_lien(codes, partielles))
    assert set(lu.codes) == codes
    assert set(lu.partielles) == partielles


@given(st.text(max_size=80))
def test_un_texte_quelconque_est_refuse_en_francais(texte):
    with pytest.raises(LienInvalideError, match="Ce lien ne peut pas être lu"):
        decode_lien(texte)


@given(st.sets(codes_possibles, min_size=1, max_size=60), st.data())
def test_un_lien_tronque_est_refuse(codes, data):
    lien = encode_lien(codes)
    with pytest.raises(LienInvalideError):
        decode_lien(lien[: data.draw(st.integers(0, len(lien) - 1))])


def test_trois_cents_communes_tiennent_dans_six_cents_caracteres():
    assert len(encode_lien(f"35{n:03}" for n in range(1, 600, 2))) < 600
