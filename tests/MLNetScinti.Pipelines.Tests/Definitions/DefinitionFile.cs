namespace MLNetScinti.Pipelines.Tests.Definitions;

/// <summary>Pipeline definitions as text, with single lines changed.</summary>
internal static class DefinitionFile
{
    /// <summary>Only what must be there. Line 1 is the name.</summary>
    public const string Least = """
        name: small
        seed: 5
        data:
          folder: studies
        split:
          train: 6
          validation: 2
          test: 2
        network:
          architecture: dmsa-2.5d
        """;

    /// <summary>Every key. Line 1 is the name.</summary>
    public const string Full = """
        name: everything
        description: Each key once.
        seed: 11
        data:
          folder: studies
          labels: truth.csv
          simulation:
            patients: 14
            seed: 3
        kidneys:
          size: 64
          minimum-confidence: 0.25
        split:
          train: 6
          validation: 4
          test: 4
          balanced: true
        network:
          architecture: dmsa-3d
          width: 0.5
        training:
          epochs: 7
          batch-size: 3
          learning-rate: 0.002
          beta1: 0.8
          beta2: 0.99
          device: cpu
          lanes: 1
        augmentation:
          flip: [vertical]
          translate-pixels: 2.5
          rotate-degrees: 30
          zoom: 0.1
        evaluation:
          confidence: 0.9
          paper-protocol: true
        output: results
        presets:
          quick:
            seed: 12
            training: { epochs: 2 }
            network: { width: 0.25 }
        """;
}
