"""The configuration of TensorBoard's projector: `projector_config.pbtxt`, beside the folder of TSV files."""

from embedding_bench.settings.run import Variant


def projector_config(variants: list[Variant]) -> str:
    """List the TSV files of every variant, as a protocol buffer in text form."""
    entries = [
        f'embeddings {{\n  tensor_name: "{variant.name}"\n  tensor_path: "tsv/{variant.name}/vectors.tsv"\n'
        f'  metadata_path: "tsv/{variant.name}/metadata.tsv"\n}}\n'
        for variant in variants
    ]
    return "".join(entries)
