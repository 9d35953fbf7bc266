"""Word files with real styles: what a coordinator opens, edits and prints."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from diagnostic.exports.archives import rebuild_zip
from diagnostic.exports.texte import clean_ligne, clean_texte
from diagnostic.rapport import AVERTISSEMENT
from diagnostic.redaction import typographier

POLICE: Final = "Arial"
BLEU: Final = RGBColor(0x1F, 0x4A, 0x8A)
GRIS: Final = RGBColor(0x5A, 0x5F, 0x66)
LARGEUR_UTILE_CM: Final = 17.0
STYLE_A_COMPLETER: Final = "À compléter"
STYLE_NOTE: Final = "Note de lecture"
STYLE_SOURCE: Final = "Source"
STYLE_ENCADRE: Final = "Encadré"
STYLE_TABLEAU: Final = "Tableau du territoire"
_FOND_ENTETE: Final = "EEF3F9"
_FOND_A_COMPLETER: Final = "FFF2A8"
_MARQUE_A_COMPLETER: Final = "[À compléter"
# below this number of rows, a table stays on one page
_LIGNES_SOLIDAIRES: Final = 12


class Redaction:
    """Write a Word document block by block.

    Parameters
    ----------
    titre
        Title of the document, for its properties and its header.
    le
        Day of the document.
    """

    def __init__(self, titre: str, le: date) -> None:
        self.le = le
        self.document: Document = docx.Document()
        self._set_proprietes(titre)
        self._set_page(titre)
        self._set_styles()

    def titre(self, texte: str, niveau: int = 1, *, saut: bool = False) -> Paragraph:
        """Add a heading; level 0 is the title of the document."""
        paragraphe: Paragraph = self.document.add_heading(_ligne(texte), level=niveau)
        paragraphe.paragraph_format.page_break_before = saut
        return paragraphe

    def paragraphe(self, texte: str, style: str | None = None) -> Paragraph:
        """Add a paragraph of plain text."""
        return self.document.add_paragraph(_texte(texte), style=style)

    def liste(self, elements: Sequence[str]) -> None:
        """Add a bulleted list."""
        for element in elements:
            self.paragraphe(element, "List Bullet")

    def a_completer(self, consigne: str) -> Paragraph:
        """Add a field for the reader to fill, marked as such."""
        paragraphe = self.document.add_paragraph()
        paragraphe.add_run(_ligne(f"{_MARQUE_A_COMPLETER} : {consigne}]"), style=STYLE_A_COMPLETER)
        return paragraphe

    def encadre(self, titre: str, texte: str) -> None:
        """Add a framed message."""
        paragraphe = self.document.add_paragraph(style=STYLE_ENCADRE)
        paragraphe.add_run(f"{_ligne(titre)}. ").bold = True
        paragraphe.add_run(_texte(texte))

    def tableau(
        self,
        entetes: Sequence[str],
        lignes: Sequence[Sequence[str]],
        *,
        largeurs: Sequence[float],
        droite: Sequence[bool] = (),
        legende: str = "",
        source: str = "",
        total: bool = False,
    ) -> Table:
        """Add a table whose header repeats on every page and whose rows are not split."""
        if legende:
            self.document.add_paragraph(_ligne(legende), style="Caption")
        table: Table = self.document.add_table(
            rows=1 + len(lignes), cols=len(entetes), style=STYLE_TABLEAU
        )
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _describe(table, legende)
        unite = LARGEUR_UTILE_CM / sum(largeurs)
        for colonne, largeur in zip(table.columns, largeurs, strict=True):
            colonne.width = Cm(unite * largeur)
        est_droite = list(droite) or [False] * len(entetes)
        # rows are walked once: asking python-docx for a cell by its place rereads the table
        for rang, rangee in enumerate(table.rows):
            valeurs = entetes if rang == 0 else lignes[rang - 1]
            _set_row(rangee, est_entete=rang == 0)
            for colonne, cellule in enumerate(rangee.cells):
                cellule.width = Cm(unite * largeurs[colonne])
                _write_cell(
                    cellule,
                    valeurs[colonne],
                    est_grasse=rang == 0 or (total and rang == len(lignes)),
                    est_droite=est_droite[colonne],
                )
                # the last row stays with the source printed under it
                cellule.paragraphs[0].paragraph_format.keep_with_next = len(
                    lignes
                ) <= _LIGNES_SOLIDAIRES and (rang < len(lignes) or bool(source))
                if rang == 0:
                    _shade(cellule)
        self.document.add_paragraph(
            _ligne(f"Source : {source}") if source else "", style=STYLE_SOURCE
        )
        return table

    def image(self, png: bytes, *, largeur_cm: float, alternative: str, legende: str = "") -> None:
        """Add a picture with its text alternative, its caption above it."""
        if legende:
            self.document.add_paragraph(_ligne(legende), style="Caption")
        paragraphe = self.document.add_paragraph()
        largeur = min(largeur_cm, LARGEUR_UTILE_CM)
        forme = paragraphe.add_run().add_picture(io.BytesIO(png), width=Cm(largeur))
        proprietes = forme._inline.docPr  # noqa: SLF001 python-docx has no text alternative
        proprietes.set("descr", clean_ligne(alternative)[:2000])
        proprietes.set("title", clean_ligne(legende)[:250])

    def sommaire(self, titres: Sequence[str]) -> None:
        """Add a table of contents; Word fills in the page numbers on « Mettre à jour »."""
        self.document.add_paragraph("Sommaire", style="TOC Heading")
        premier = self.document.add_paragraph(style="Sommaire")
        _field_part(premier, "begin")
        _instruction(premier, r'TOC \o "1-1" \h \z \u')
        _field_part(premier, "separate")
        for rang, titre in enumerate(titres):
            paragraphe = premier if rang == 0 else self.document.add_paragraph(style="Sommaire")
            paragraphe.add_run(_ligne(titre))
            dernier = paragraphe
        _field_part(dernier if titres else premier, "end")

    def octets(self) -> bytes:
        """Return the file; same contents and day, same bytes."""
        tampon = io.BytesIO()
        self.document.save(tampon)
        return rebuild_zip(tampon.getvalue(), self.le)

    def _set_proprietes(self, titre: str) -> None:
        jour = datetime(self.le.year, self.le.month, self.le.day)  # noqa: DTZ001
        proprietes = self.document.core_properties
        proprietes.title = clean_ligne(titre)[:250]
        proprietes.author = "CPTS Territoires"
        proprietes.last_modified_by = "CPTS Territoires"
        proprietes.comments = AVERTISSEMENT
        proprietes.language = "fr-FR"
        proprietes.created = proprietes.modified = jour
        proprietes.revision = 1

    def _set_page(self, titre: str) -> None:
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        entete = section.header.paragraphs[0]
        court = clean_ligne(titre)
        entete.text = court if len(court) <= 80 else court[:80] + "…"
        entete.style = self.document.styles["Header"]
        pied = section.footer.paragraphs[0]
        pied.add_run(f"{AVERTISSEMENT} – page ")
        _field(pied, "PAGE")
        pied.add_run(" sur ")
        _field(pied, "NUMPAGES")

    def _set_styles(self) -> None:
        styles = self.document.styles
        self._set_style("Normal", taille=10, apres=6)
        normal = styles["Normal"].element.get_or_add_rPr()
        langue = OxmlElement("w:lang")
        langue.set(qn("w:val"), "fr-FR")
        normal.append(langue)
        self._set_style("Title", taille=26, couleur=BLEU, gras=True, apres=8)
        self._set_style("Heading 1", taille=17, couleur=BLEU, gras=True, avant=18, apres=8)
        self._set_style("Heading 2", taille=12.5, gras=True, avant=12, apres=5)
        self._set_style("Heading 3", taille=11, gras=True, avant=10, apres=4)
        self._set_style("TOC Heading", taille=12.5, gras=True, avant=24, apres=5)
        self._set_style("Caption", taille=9, gras=True, avant=8, apres=3)
        styles["Caption"].paragraph_format.keep_with_next = True
        self._set_style("Header", taille=8, couleur=GRIS)
        self._set_style("Footer", taille=8, couleur=GRIS)
        self._set_style("List Bullet", taille=10, apres=3)
        for nom, taille in ((STYLE_NOTE, 8.5), (STYLE_SOURCE, 7.5), ("Sommaire", 10)):
            styles.add_style(nom, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
            couleur = None if nom == "Sommaire" else GRIS
            self._set_style(nom, taille=taille, couleur=couleur, apres=3)
        styles.add_style(STYLE_ENCADRE, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        self._set_style(STYLE_ENCADRE, taille=10, avant=3, apres=3)
        _border(styles[STYLE_ENCADRE])
        tableau = styles.add_style(STYLE_TABLEAU, WD_STYLE_TYPE.TABLE)
        tableau.base_style = styles["Normal Table"]
        _rule(tableau)
        champ: Any = styles.add_style(STYLE_A_COMPLETER, WD_STYLE_TYPE.CHARACTER)
        champ.font.italic = True
        champ.element.get_or_add_rPr().append(_shading(_FOND_A_COMPLETER))

    def _set_style(
        self,
        nom: str,
        *,
        taille: float,
        couleur: RGBColor | None = None,
        gras: bool | None = None,
        avant: float = 0,
        apres: float = 0,
    ) -> None:
        style: Any = self.document.styles[nom]
        style.font.name = POLICE
        style.font.size = Pt(taille)
        style.font.italic = False
        if gras is not None:
            style.font.bold = gras
        style.font.color.rgb = couleur or RGBColor(0x22, 0x26, 0x2B)
        style.paragraph_format.space_before = Pt(avant)
        style.paragraph_format.space_after = Pt(apres)
        polices = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribut in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            polices.attrib.pop(qn(attribut), None)
        for attribut in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            polices.set(qn(attribut), POLICE)


def _texte(texte: str) -> str:
    return typographier(clean_texte(texte))


def _ligne(texte: str) -> str:
    return typographier(clean_ligne(texte))


def _write_cell(cellule: _Cell, texte: str, *, est_grasse: bool, est_droite: bool) -> None:
    paragraphe = cellule.paragraphs[0]
    paragraphe.paragraph_format.space_after = Pt(1)
    if est_droite:
        paragraphe.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    morceau = paragraphe.add_run(_texte(texte))
    morceau.font.size = Pt(8.5)
    morceau.bold = est_grasse
    if texte.startswith(_MARQUE_A_COMPLETER):
        morceau.style = STYLE_A_COMPLETER


def _set_row(rangee: Any, *, est_entete: bool) -> None:  # noqa: ANN401 a row of python-docx
    proprietes = rangee._tr.get_or_add_trPr()  # noqa: SLF001 python-docx has no such property
    proprietes.append(OxmlElement("w:cantSplit"))
    if est_entete:
        proprietes.append(OxmlElement("w:tblHeader"))


def _shade(cellule: _Cell) -> None:
    cellule._tc.get_or_add_tcPr().append(_shading(_FOND_ENTETE))  # noqa: SLF001


def _shading(couleur: str) -> Any:  # noqa: ANN401 an XML element of python-docx
    fond = OxmlElement("w:shd")
    for cle, valeur in (("val", "clear"), ("color", "auto"), ("fill", couleur)):
        fond.set(qn(f"w:{cle}"), valeur)
    return fond


def _describe(table: Table, legende: str) -> None:
    """Give the table its text alternative."""
    proprietes = table._tbl.tblPr  # noqa: SLF001
    if legende:
        titre = OxmlElement("w:tblCaption")
        titre.set(qn("w:val"), clean_ligne(legende)[:250])
        proprietes.append(titre)


def _border(style: Any) -> None:  # noqa: ANN401 a style of python-docx
    """Draw a thick line on the left of a paragraph style."""
    bordures = OxmlElement("w:pBdr")
    gauche = OxmlElement("w:left")
    for cle, valeur in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", "1F4A8A")):
        gauche.set(qn(f"w:{cle}"), valeur)
    bordures.append(gauche)
    proprietes = style.element.get_or_add_pPr()
    # the schema wants the borders before the spacing
    proprietes.insert_element_before(bordures, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _rule(style: Any) -> None:  # noqa: ANN401 a style of python-docx
    """Draw thin grey lines between the rows of a table style."""
    proprietes = OxmlElement("w:tblPr")
    bordures = OxmlElement("w:tblBorders")
    for cote, epaisseur, couleur in (
        ("top", "4", "CFD4DA"),
        ("bottom", "8", "1F4A8A"),
        ("insideH", "4", "CFD4DA"),
    ):
        ligne = OxmlElement(f"w:{cote}")
        for cle, valeur in (("val", "single"), ("sz", epaisseur), ("color", couleur)):
            ligne.set(qn(f"w:{cle}"), valeur)
        bordures.append(ligne)
    proprietes.append(bordures)
    style.element.append(proprietes)


def _field(paragraphe: Paragraph, instruction: str) -> None:
    _field_part(paragraphe, "begin")
    _instruction(paragraphe, instruction)
    _field_part(paragraphe, "separate")
    paragraphe.add_run("1")
    _field_part(paragraphe, "end")


def _field_part(paragraphe: Paragraph, genre: str) -> None:
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), genre)
    paragraphe.add_run()._r.append(element)  # noqa: SLF001


def _instruction(paragraphe: Paragraph, instruction: str) -> None:
    element = OxmlElement("w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = f" {instruction} "
    paragraphe.add_run()._r.append(element)  # noqa: SLF001
