"""Two perimeters side by side: a figure known for a part only is not compared as if for all."""

from __future__ import annotations

REDON = ("35236", "35151", "56001")


def test_une_couverture_partielle_est_dite_de_son_cote(ouvrir_page, textes):
    essai = ouvrir_page("diagnostic.py", codes=REDON)
    essai.segmented_control(key="diagnostic-vue").set_value("Comparer à un autre périmètre").run()
    essai.segmented_control(key="comparer-facon").set_value("Une liste de communes").run()
    # the census by IRIS knows nothing of Mamoudzou
    essai.text_area(key="comparer-liste").set_value("35236\n97611").run()
    assert not essai.exception
    ligne = textes(essai).split("Part des 65 ans ou plus</th>")[-1].split("</tr>")[0]
    ici, la_bas, _ecart = ligne.split("</td>")[:3]
    assert "couvre" not in ici
    assert "(couvre " in la_bas
