"""The models that `nexus up` runs at home: embeddings, reranking and extractive answers."""
