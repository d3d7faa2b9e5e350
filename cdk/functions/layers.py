"""The Lambda layers of a stage, each built once and given only to the functions that need it."""

from __future__ import annotations

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk import packaging
from cdk.bytecode import Target
from cdk.stages import Stage


class Layers(Construct):
    """`nexus` and the dependency layers; which vector index is used decides the last one, if any.

    A stage with a collector has what sends traces in the same layer: Lambda allows five a function.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self._stage = stage
        # S3 Vectors needs nothing but what Lambda has.
        own = stage.vector_index != "s3vectors"
        index = (f"index_{stage.vector_index}",) if own else ()
        traces = ("traces",) if stage.traces_endpoint else ()
        last = (*traces, *index)
        self._last = ("-".join(last),) if last else ()
        target = Target(stage.architecture, stage.python)
        self._add("nexus", packaging.source_layer(target))
        recognition = ("ocr",) if stage.ocr else ()
        for lock in (
            "service",
            "api",
            "audio",
            "stream",
            "sign_in",
            "parsing",
            *recognition,
            "snapshots",
            "connect",
        ):
            self._add(lock, packaging.dependency_layer(lock, target))
        for together in self._last:
            self._add(together, packaging.dependency_layer(last[0], target, *last[1:]))

    def of(self, *more: str) -> list[lambda_.ILayerVersion]:
        """What every function imports, and the layers of `layers/dependencies` that are named."""
        names = ("nexus", "service", *more, *self._last)
        children = (self.node.find_child(name) for name in names)
        return [child for child in children if isinstance(child, lambda_.LayerVersion)]

    def lean(self, *named: str) -> list[lambda_.ILayerVersion]:
        """`nexus` and the layers of `layers/dependencies` that are named, and nothing else."""
        children = (self.node.find_child(name) for name in ("nexus", *named))
        return [child for child in children if isinstance(child, lambda_.LayerVersion)]

    def _add(self, name: str, package: packaging.Package) -> None:
        lambda_.LayerVersion(
            self,
            name,
            layer_version_name=f"nexus-{self._stage.name}-{name}",
            code=asset(package),
            compatible_runtimes=[runtime(self._stage)],
            compatible_architectures=[architecture(self._stage)],
        )


def asset(package: packaging.Package) -> lambda_.Code:
    """A built package as CDK uploads it, named by the hash of its inputs."""
    return lambda_.Code.from_asset(
        str(package.path), asset_hash=package.digest, asset_hash_type=AssetHashType.CUSTOM
    )


def runtime(stage: Stage) -> lambda_.Runtime:
    """Lambda's Python of the stage."""
    return lambda_.Runtime(
        f"python{stage.python}", lambda_.RuntimeFamily.PYTHON, supports_snap_start=True
    )


def architecture(stage: Stage) -> lambda_.Architecture:
    """Lambda's processor of the stage."""
    arm = stage.lambda_architecture == "arm64"
    return lambda_.Architecture.ARM_64 if arm else lambda_.Architecture.X86_64
