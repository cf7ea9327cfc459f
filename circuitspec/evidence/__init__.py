"""What a circuit does on a few prompts, for readers: where its nodes fire, and what it answers."""

from circuitspec.evidence.evidence import Evidence as Evidence
from circuitspec.evidence.evidence import Example as Example
from circuitspec.evidence.evidence import Prediction as Prediction
from circuitspec.evidence.evidence import Snippet as Snippet
from circuitspec.evidence.gather import gather_evidence as gather_evidence
