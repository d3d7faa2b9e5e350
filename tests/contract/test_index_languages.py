"""All indexes find words of any script and language, and show the text as it was written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nexus.adapters.pinecone.index import PineconeIndex
from nexus.adapters.pinecone.provisioning import index_schema
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import Filters
from nexus.ports import VectorIndex
from tests.contract.test_vector_index import DIMENSION, record
from tests.pinecone_server import API_KEY, PineconeServer
from tests.s3vectors_client import s3_vectors_index
from tests.s3vectors_server import S3VectorsServer

ALL = Filters()
# Question, the passage that answers it, and another in the same language.
FOUND = {
    "zh": ("图书馆几点开门?", "图书馆每天早上八点开门。", "停车场在大楼后面。"),
    "ja": ("保証期間はどのくらいですか?", "この製品の保証期間は二年です。", "駐車場は裏です。"),
    "ko": ("도서관은 언제 엽니까?", "도서관이 여덟 시에 엽니다.", "주차장은 뒤에 있습니다."),
    "th": ("ห้องสมุดเปิดกี่โมง", "ห้องสมุดเปิดแปดโมงเช้าทุกวัน", "ที่จอดรถอยู่หลังอาคาร"),
    "km": ("តើបណ្ណាល័យបើកម៉ោងប៉ុន្មាន?", "បណ្ណាល័យបើកនៅម៉ោងប្រាំបី", "ចំណតរថយន្តនៅខាងក្រោយអគារ"),
    "lo": ("ຫໍສະໝຸດເປີດຈັກໂມງ?", "ຫໍສະໝຸດເປີດແປດໂມງເຊົ້າ", "ບ່ອນຈອດລົດຢູ່ຫຼັງຕຶກ"),
    "my": ("စာကြည့်တိုက် ဘယ်အချိန်ဖွင့်သလဲ?", "စာကြည့်တိုက်ကို မနက်ရှစ်နာရီ ဖွင့်သည်", "ကားရပ်ရန်"),
    "hi": ("पुस्तकालय कब खुलता है?", "पुस्तकालय सुबह आठ बजे खुलता है।", "गाड़ी भवन के पीछे खड़ी करें।"),
    "de": ("Wie hoch ist die Gebühr?", "Die Gebühren für Bücher sind zehn Euro.", "Das ist neu."),
    "es": ("¿Dónde está la biblioteca?", "Las bibliotecas están en el centro.", "El agua es fría."),
    "ru": ("Какая гарантия на телефон?", "Срок гарантии на телефоны два года.", "Вход за углом."),
    "id": ("Siapakah rektornya?", "Rektor di sini adalah Ibu Sri.", "Kantin ada di lantai dua."),
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "pinecone", "s3vectors"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VectorIndex]:
    if request.param == "sqlite":
        sqlite = SqliteIndex(tmp_path_factory.mktemp("languages") / "index.db")
        yield sqlite
        sqlite.close()
    elif request.param == "s3vectors":
        with pytest.MonkeyPatch.context() as patch:
            vectors = S3VectorsServer()
            yield s3_vectors_index(vectors, patch, DIMENSION)
            vectors.close()
    else:
        server = PineconeServer(index_schema(DIMENSION))
        pinecone = PineconeIndex(server.url, API_KEY, DIMENSION, verify=False)
        yield pinecone
        pinecone.close()
        server.close()


@pytest.mark.parametrize("language", FOUND)
def test_words_are_found_in_every_script_and_shown_as_they_were(
    index: VectorIndex, language: str
) -> None:
    question, right, other = FOUND[language]
    space = f"acme.{language}"
    index.upsert(space, [record("right", right, title=right), record("other", other, title="")])
    hits = index.search_text(space, question, 5, ALL)
    assert hits[0].chunk_id == "right"
    assert (hits[0].title, hits[0].text) == (right, right)
    assert index.search_dense(space, (1.0, *[0.0] * 7), 1, ALL)[0].text in (right, other)
    kept = index.fetch(space, ["right"])["right"]
    assert (kept.title, kept.chunk.text) == (right, right)


def test_a_name_is_found_in_a_passage_in_another_language(index: VectorIndex) -> None:
    german = "Die Bibliothek von Toledo öffnet um acht Uhr und hat neue Bücher."
    index.upsert("acme.names", [record("right", german), record("other", "Das ist ein Haus.")])
    hits = index.search_text("acme.names", "When does the library of Toledo open?", 5, ALL)
    assert [hit.chunk_id for hit in hits] == ["right"]


def test_a_replaced_or_deleted_chunk_leaves_nothing_behind(index: VectorIndex) -> None:
    index.upsert("acme.swap", [record("a", "图书馆每天八点开门")])
    index.upsert("acme.swap", [record("a", "The gym opens at nine.")])
    assert index.search_text("acme.swap", "图书馆", 5, ALL) == []
    assert index.search_text("acme.swap", "gym", 5, ALL)[0].text == "The gym opens at nine."
    index.delete_chunks("acme.swap", ["a"])
    index.upsert("acme.swap", [record("b", "plain words")])
    assert index.fetch("acme.swap", ["a", "b"])["b"].chunk.text == "plain words"
