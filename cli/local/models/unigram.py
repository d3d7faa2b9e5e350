"""Makes the tokenizer of XLM-RoBERTa's kind, which multilingual-e5 reads with, from its pieces."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from cli.local.models.e5_weights import Vocabulary

# Where SentencePiece's nmt_nfkc differs from NFKC: characters that it drops, and that it takes for
# spaces (sentencepiece, builder.cc, BuildNmtNFKCMap).
DROPPED = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]"
SPACES = r"[\t\n\x0c\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
START, END = "<s>", "</s>"


def unigram_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer with `<s>` before each text and `</s>` after it."""
    pieces = vocabulary.pieces
    tokenizer = Tokenizer(
        models.Unigram(
            list(zip(pieces, vocabulary.scores, strict=True)),
            unk_id=vocabulary.unknown,
            byte_fallback=False,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(DROPPED), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(name, pieces.index(name)) for name in (START, END)],
    )
    return tokenizer
