"""LlamaIndex: FAISS and BM25, joined by reciprocal rank fusion; run by the peers' Python.

``python -m bench.peers.with_llamaindex FOLDER`` builds both and asks; with ``--ranked`` it prints
the texts it finds for each question.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import faiss
from llama_index.core import StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from bench.common import best_runs
from bench.peers.workplace import LIMIT, RANKED, Measured, Workplace, print_measured


def retriever(
    encoder: HuggingFaceEmbedding, texts: list[str], limit: int = LIMIT
) -> QueryFusionRetriever:
    """Both indexes over ``texts`` and their fusion; without a language model to ask more."""
    nodes = [TextNode(id_=str(row), text=text) for row, text in enumerate(texts)]
    store = FaissVectorStore(faiss.IndexFlatIP(len(encoder.get_text_embedding("dimensions"))))
    index = VectorStoreIndex(
        nodes,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=encoder,
    )
    terms = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=limit)
    return QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=limit), terms],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        num_queries=1,
        similarity_top_k=limit,
        use_async=False,  # a thread less; faster for one question at a time
    )


def measure(workplace: Workplace) -> Measured:
    """Seconds of building both indexes once, the model loaded before, and of retrievals."""
    given = workplace.given
    encoder = HuggingFaceEmbedding(given.model, device="cpu")
    started = time.perf_counter()
    fusion = retriever(encoder, given.texts)
    seconds = time.perf_counter() - started
    return Measured([seconds], best_runs(fusion.retrieve, given.questions))


def ranked(workplace: Workplace) -> list[list[int]]:
    """By question, the rows of the texts that are found, best first."""
    given = workplace.given
    encoder = HuggingFaceEmbedding(given.model, device="cpu")
    fusion = retriever(encoder, given.texts, min(RANKED, len(given.texts)))
    return [
        [int(found.node.node_id) for found in fusion.retrieve(question)]
        for question in given.questions
    ]


if __name__ == "__main__":
    if "--ranked" in sys.argv:
        print(json.dumps(ranked(Workplace(Path(sys.argv[1])))))
    else:
        print_measured({"llamaindex": measure(Workplace(Path(sys.argv[1])))})
