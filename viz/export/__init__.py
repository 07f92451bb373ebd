"""Pictures of graphs in other forms: TikZ, Mermaid, the backward pass step by step."""
