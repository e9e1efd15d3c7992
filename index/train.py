"""A model's weights fitted to questions and passages, by sentence-transformers' trainer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# First, as it sets what the libraries below read when they are imported.
from index.transformer import load_transformer

# isort: split
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.training_args import (
    SentenceTransformerTrainingArguments,
)
from transformers import PrinterCallback, TrainerCallback, TrainerControl, TrainerState

from index.fitting import FitOptions, Trained
from index.gpu import find_gpu
from index.pairs import Pair, Triplet
from index.ranks import reciprocal_ranks
from index.spec import EncoderSpec


def train(
    spec: EncoderSpec,
    source: Path,
    folder: Path,
    steps: Sequence[Sequence[Triplet]],
    stopping: Sequence[Pair],
    options: FitOptions,
    on_step: Callable[[int], None] = lambda step: None,
) -> Trained:
    """Fit the model in the folder ``source``, and save the best of it into ``folder``.

    ``spec`` says what is put in front of its texts; ``steps`` are batches of one length. A GPU is
    used where torch sees one. Raises EncoderError if the model cannot be loaded, OSError if the
    disk refuses.
    """
    model = load_transformer(spec.model, source, "cpu" if find_gpu() is None else "cuda")
    limit = model.max_seq_length
    model.max_seq_length = min(options.tokens, spec.max_tokens)
    _hold_lower_half(model)
    rows = [triplet for step in steps for triplet in step]
    asked, given = spec.query_prompt, spec.passage_prompt
    model.prompts = {"query": asked, "document": given}  # a preset's are known by its name alone
    dataset = Dataset.from_dict(
        {
            "question": [asked + row.question for row in rows],
            "passage": [given + row.passage for row in rows],
            "wrong": [given + row.wrong for row in rows],
        }
    )
    watch = _Watch(model, spec, stopping, options, on_step)
    trainer = SentenceTransformerTrainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(folder),
            num_train_epochs=1,  # the rounds are in the rows already
            per_device_train_batch_size=len(steps[0]),
            batch_sampler=_in_order,
            learning_rate=options.rate,
            warmup_steps=0.1,
            use_cpu=model.device.type == "cpu",
            dataloader_pin_memory=model.device.type != "cpu",
            seed=options.seed,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=dataset,
        loss=MultipleNegativesRankingLoss(model),
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output
    trainer.train()
    model.load_state_dict(watch.best)
    model.max_seq_length = limit
    model.save(str(folder), create_model_card=False)
    return Trained(trainer.state.global_step, watch.best_step, watch.scores)


class _Watch(TrainerCallback):
    """Keeps the best weights, and stops when there is nothing more to gain.

    The trainer's own way goes by checkpoints on the disk, and goes on with the last weights,
    with a line in a log, where the best cannot be read back.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        spec: EncoderSpec,
        stopping: Sequence[Pair],
        options: FitOptions,
        on_step: Callable[[int], None],
    ) -> None:
        self._model = model
        self._stopping = stopping
        self._options = options
        self._on_step = on_step
        self._questions = [spec.query_prompt + pair.question for pair in stopping]
        self._passages = [spec.passage_prompt + pair.passage for pair in stopping]
        self.scores: dict[int, float] = {}
        self.best_step = 0
        self._note(0)

    def on_step_end(
        self, args: Any, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        step = state.global_step
        self._on_step(step)
        if step % self._options.every == 0 or step == state.max_steps:
            self._note(step)
            if step - self.best_step >= self._options.patience * self._options.every:
                control.should_training_stop = True

    def _note(self, step: int) -> None:
        posts = [pair.post_id for pair in self._stopping]
        questions, passages = self._encode(self._questions), self._encode(self._passages)
        ranks = reciprocal_ranks(questions, passages, posts, range(len(posts)))
        self.scores[step] = float(ranks.mean())
        if step == 0 or self.scores[step] > self.scores[self.best_step]:
            self.best_step = step
            self.best = {
                name: values.detach().cpu().clone()
                for name, values in self._model.state_dict().items()
            }

    def _encode(self, texts: list[str]) -> Any:
        return self._model.encode(
            texts, prompt="", normalize_embeddings=True, show_progress_bar=False
        )


def _in_order(dataset: Dataset, batch_size: int, drop_last: bool, **more: Any) -> Any:
    """The rows as they stand: batches are made of them with care."""
    positions: Any = range(len(dataset))
    return DefaultBatchSampler(positions, batch_size=batch_size, drop_last=drop_last)


def _hold_lower_half(model: SentenceTransformer) -> None:
    """Leave the words' vectors and the lower half of the layers as they are.

    What sets a domain apart is learned by the upper ones (Lee et al., What Would Elsa Do?, 2019);
    it takes a third of the time away, and keeps what the model knows of all else.
    """
    first: Any = model[0]
    network = first.auto_model
    count = network.config.num_hidden_layers
    held = [network.get_input_embeddings()]
    for name, part in network.named_modules():
        if name.endswith(("layer", "layers", "h")) and len(list(part.children())) == count:
            held += list(part.children())[: count // 2]
            break
    for part in held:
        part.requires_grad_(False)
