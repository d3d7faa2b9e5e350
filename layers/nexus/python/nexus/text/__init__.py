"""What is read in any text, of a question, a document or a model: language, stems, numbers, names,
borders of sentences, and what must not be shown.

Uses `models` alone.
"""
