using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Definitions;

public sealed class PipelineReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryKeyIsRead()
    {
        PipelineDefinition read = Read(DefinitionFile.Full);

        Assert.Equal(("everything", "Each key once.", 11ul), (read.Name, read.Description, read.Seed));
        Assert.Equal(
            new DataDefinition(_folder.File("studies"), "truth.csv", new SimulationDefinition(14, 3) { BalancedValidation = 4, BalancedTest = 4 }), read.Data);
        Assert.Equal(new DmsaSystem { Size = 64, MinimumConfidence = 0.25 }, read.System);
        Assert.Equal(new SplitDefinition(6, 4, 4, true), read.Split);
        Assert.Equal(new NetworkDefinition("dmsa-3d", 0.5), read.Network);
        Assert.Equal(new TrainingDefinition(7, 3, "adam", 0.002, 0.8, 0.99, 1e-8, 0, 0, "loss", "cpu", 1, "float32", "processor", "", []), read.Training);
        Assert.Equal(new AugmentationDefinition(false, true, 2.5, 30, 0.1), read.Augmentation);
        Assert.Equal(new EvaluationDefinition(0.9, true), read.Evaluation);
        Assert.Equal((_folder.File("results"), "pipeline.yaml"), (read.Output, read.Source));
    }

    [Fact]
    public void WhatIsNotSaidIsThePapers()
    {
        PipelineDefinition read = Read(DefinitionFile.Least);

        Assert.Equal("", read.Description);
        Assert.Equal(new DataDefinition(_folder.File("studies"), "labels.csv", null), read.Data);
        Assert.Equal(new DmsaSystem(), read.System);
        Assert.Equal(new SplitDefinition(6, 2, 2, false), read.Split);
        Assert.Equal(new NetworkDefinition("dmsa-2.5d", 1), read.Network);
        Assert.Equal(new TrainingDefinition(300, 4, "adam", 1e-4, 0.9, 0.999, 1e-8, 0, 0, "loss", "auto", 2, "float32", "processor", "", []), read.Training);
        Assert.Equal(new AugmentationDefinition(false, false, 0, 0, 0), read.Augmentation);
        Assert.Equal(new EvaluationDefinition(0.95, false), read.Evaluation);
        Assert.Equal(_folder.File(Path.Combine("artifacts", "small")), read.Output);
    }

    [Fact]
    public void ASimulationHasScatterAndTrueLabelsUnlessToldOtherwise()
    {
        SimulationDefinition usual = Read(DefinitionFile.Full).Data.Simulation!;
        Assert.Equal((true, 0), (usual.Scatter, usual.FalseReadings));
        string told = DefinitionFile.Full.Replace("simulation:", "simulation:\n    scatter: false\n    false-readings: 0.1", StringComparison.Ordinal);
        SimulationDefinition other = Read(told).Data.Simulation!;
        Assert.Equal((false, 0.1), (other.Scatter, other.FalseReadings));
        Assert.Contains("10", DmsaCohortSimulator.Instance.Describe(other), StringComparison.Ordinal);
        Assert.False(DmsaCohortSimulator.SimulatorOf(other).Acquisition.Scatter);
        Assert.Contains("data.simulation.false-readings", Refused(told.Replace("0.1", "0.6", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>For the parser a word with a tag is another key than the word; for whoever reads the file it is the same one again.</summary>
    [Theory]
    [InlineData("!!str seed: 1", "seed")]
    [InlineData("!odd seed: 1", "seed")]
    public void AKeyThatStandsTwiceByAnotherTagIsRefused(string line, string key)
    {
        string said = Refused($"{DefinitionFile.Full}\n{line}\n");
        Assert.Contains($"found '{key}' again", said, StringComparison.Ordinal);
        Assert.StartsWith("pipeline.yaml:", Path.GetFileName(said.Split(' ')[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void LengthsAreAssumedOnlyWhereThatIsAskedFor()
    {
        PipelineDefinition usual = Read(DefinitionFile.Least), asked = Read(DefinitionFile.Least.Replace("data:", "data:\n  assume-spacing: true", StringComparison.Ordinal));
        Assert.Equal((false, true), (usual.Data.AssumeSpacing, asked.Data.AssumeSpacing));
        // A run that was begun before there was such a key goes on.
        Assert.DoesNotContain("data.assume-spacing", usual.Parts().Keys);
        Assert.Equal("true", asked.Parts()["data.assume-spacing"], ignoreCase: true);
        Assert.NotEqual(usual.Hash(), asked.Hash());
    }

    [Fact]
    public void AuditsAreReadAndRefusedWhereTheyMakeNoSense()
    {
        string With(string audits, string more = "") => DefinitionFile.Least + $"\nevaluation: {{ audits: [{audits}] }}\n{more}";
        PipelineDefinition asked = Read(With("shortcut, augmentation-signature")), usual = Read(DefinitionFile.Least);
        Assert.Equal((AuditKinds.Shortcut | AuditKinds.AugmentationSignature, AuditKinds.None), (asked.Evaluation.Audits, usual.Evaluation.Audits));
        // How a pipeline is judged is no part of its model, and one without audits is hashed as it ever was.
        Assert.Equal(usual.Parts(), asked.Parts());
        Assert.NotEqual(usual.Hash(), asked.Hash());
        Assert.Equal("EvaluationDefinition { Confidence = 0.95, PaperProtocol = False, Smoke = False }", usual.Evaluation.ToString());
        Assert.Equal(["leakage", "shortcut", "augmentation-signature", "missing-view"], PipelineAudits.Words);
        Assert.Contains("evaluation.audits: missing-view: cases of the system dmsa are volumes", Refused(With("missing-view")), StringComparison.Ordinal);
        Assert.Contains("expected augmentation.copies", Refused(With("leakage")), StringComparison.Ordinal);
        Assert.Contains("a list of leakage, shortcut", Refused(With("shortcuts")), StringComparison.Ordinal);
        string copies = "augmentation: { copies: { by-class: { abnormal: 2 }, rotate-degrees: 3 } }\n";
        Assert.Equal(AuditKinds.Leakage, Read(With("leakage", copies)).Evaluation.Audits);
        Assert.Contains("expected split.protocol patients", Refused(With("leakage", copies).Replace("split:", "split:\n  protocol: copies-tested-too", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void ConventionsDecideWhatIsNotSaid()
    {
        TrainingDefinition training = Read(DefinitionFile.Least + "\ntraining: { conventions: tensorflow-defaults }\n").Training;
        Assert.Equal(("tensorflow-defaults", 1e-7), (training.Conventions, training.Epsilon));
        Assert.Equal(("pytorch-defaults", 1e-8), (Read(DefinitionFile.Least).Training.Conventions, Read(DefinitionFile.Least).Training.Epsilon));
        Assert.Equal(1e-6, Read(DefinitionFile.Least + "\ntraining: { conventions: tensorflow-defaults, epsilon: 0.000001 }\n").Training.Epsilon);
        Assert.Contains(":11: training.conventions: expected one of pytorch-defaults, tensorflow-defaults, found 'keras'",
            Refused(DefinitionFile.Least + "\ntraining: { conventions: keras }\n"), StringComparison.Ordinal);
        PipelineDefinition other = Read(DefinitionFile.Least + "\ntraining: { conventions: tensorflow-defaults }\n");
        Assert.All(other.BuildNetwork().Layers.OfType<BatchNormalization>(), norm => Assert.Equal((1e-3, 0.01), (norm.Epsilon, norm.Momentum)));
        Assert.Equal(other.System.Network(other.Network).ParameterCount, other.BuildNetwork().ParameterCount);
        Assert.Equal(["training.conventions", "training.epsilon"], other.Parts().Except(Read(DefinitionFile.Least).Parts()).Select(part => part.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ChangesOfWholeCasesAreReadInTheirOwnOrder()
    {
        PipelineDefinition read = Read(DefinitionFile.Least + """

            augmentation:
              rotate-degrees: 5
              whole-case:
                noise: { least: 0, most: 2.5, probability: 0.5 }
                mirror: { axes: [left-right, head-feet] }
                shift: [ { least: -10, most: 10, image: Image }, { least: 1, most: 1 } ]
                affine: { rotate-degrees: [0, 0, 10], translate-mm: 3, zoom: 0.1 }
                edges: { least: 0, most: 0.5, millimetres: 2 }
            """);
        Assert.Equal(
            "mirror left-right head-feet; affine turn 0/0/10 degrees, move 3/3/3 mm, zoom 0.1, shear 0; edges 0 to 0.5 at 2 mm; shift of Image -10 to 10; shift 1 to 1; noise 0 to 2.5 with probability 0.5",
            read.Augmentation.WholeCaseWords);
        Assert.Equal(read.Augmentation.WholeCaseWords, read.Parts()["augmentation.whole-case"]);
        Assert.Equal("none", Read(DefinitionFile.Least).Parts()["augmentation.whole-case"]);
        Assert.NotEqual(read.Hash(), Read(DefinitionFile.Least + "\naugmentation: { rotate-degrees: 5 }\n").Hash());
        Assert.Equal(read.Augmentation, Read(DefinitionFile.Least + """

            augmentation:
              whole-case:
                shift: [ { least: -10, most: 10, image: Image }, { least: 1, most: 1 } ]
                edges: { least: 0, most: 0.5, millimetres: 2 }
                affine: { rotate-degrees: [0, 0, 10], translate-mm: [3, 3, 3], zoom: 0.1 }
                mirror: { axes: [head-feet, left-right] }
                noise: { least: 0, most: 2.5, probability: 0.5 }
              rotate-degrees: 5
            """).Augmentation);
    }

    [Theory]
    [InlineData("augmentation: { whole-case: { flip: {} } }", ":11: augmentation.whole-case.flip: there is no such key here")]
    [InlineData("augmentation: { whole-case: { mirror: { axes: [left] } } }", ":11: augmentation.whole-case.mirror.axes: expected a list of left-right, front-back, head-feet")]
    [InlineData("augmentation: { whole-case: { affine: { rotate-degrees: [1, 2] } } }", ":11: augmentation.whole-case.affine.rotate-degrees: expected a number from 0 to 180, or a list of 3, found a list of 2")]
    [InlineData("augmentation: { whole-case: { gamma: { least: 2, most: 1 } } }", ":11: augmentation.whole-case.gamma.most: expected a number of at least 2, which is 'least', found '1'")]
    [InlineData("augmentation: { whole-case: { gamma: { least: 0, most: 1 } } }", ":11: augmentation.whole-case.gamma.least: expected a number from 0.01 to 100, found '0'")]
    [InlineData("augmentation: { whole-case: { noise: { least: 0, most: 1, image: Ct } } }", ":11: augmentation.whole-case.noise.image: expected one of Image, found 'Ct'")]
    [InlineData("augmentation: { whole-case: { noise: [ { least: 0, most: 1 }, 3 ] } }", ":11: augmentation.whole-case.noise: expected keys and values, or a list of them, found '3'")]
    [InlineData("augmentation: { whole-case: { blur: { most: 1 } } }", ":11: augmentation.whole-case.blur.least: expected a number from 0 to 1000, found nothing")]
    [InlineData("inferer: { kind: sliding-window, window: [64, 64] }", ":11: inferer.kind: the system dmsa answers a binary-classification for a case as a whole, which cannot be put together from windows: expected whole-image, found 'sliding-window'.")]
    [InlineData("inferer: { kind: windows }", ":11: inferer.kind: expected one of whole-image, sliding-window, found 'windows'")]
    [InlineData("inferer: { window: 3 }", ":11: inferer.window: there is no such key here")]
    public void WhatDoesNotFitIsRefusedWithItsPlace(string text, string expected) =>
        Assert.Contains(expected, Refused(DefinitionFile.Least + "\n" + text + "\n"), StringComparison.Ordinal);

    [Fact]
    public void APresetReplacesItsValuesAndNothingElse()
    {
        PipelineDefinition plain = Read(DefinitionFile.Full);
        PipelineDefinition quick = Read(DefinitionFile.Full, "quick");

        Assert.Equal((12ul, 2, 0.25), (quick.Seed, quick.Training.Epochs, quick.Network.Width));
        Assert.Equal("pipeline.yaml (quick)", quick.Source);
        Assert.Equal(
            plain with { Seed = 12, Training = plain.Training with { Epochs = 2 }, Network = plain.Network with { Width = 0.25 }, Source = quick.Source },
            quick);
        Assert.NotEqual(plain.Hash(), quick.Hash());
    }

    [Fact]
    public void TheHashIsOfTheValuesAndNotOfTheLayout()
    {
        string hash = Read(DefinitionFile.Least).Hash();

        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, Read("# a comment\n" + DefinitionFile.Least + "\ntraining: { epochs: 300 }\noutput: elsewhere\n").Hash());
        Assert.NotEqual(hash, Read(DefinitionFile.Least + "\ntraining: { epochs: 299 }\n").Hash());
        Assert.NotEqual(hash, (Read(DefinitionFile.Least) is var plain ? plain with { Evaluation = plain.Evaluation with { Baseline = !plain.Evaluation.Baseline } } : plain).Hash());
    }

    [Theory]
    [InlineData("epochs: 7", "epohcs: 7", "pipeline.yaml:22: training.epohcs:", "Did you mean 'epochs'?")]
    [InlineData("epochs: 7", "epoch: 7", "pipeline.yaml:22: training.epoch:", "Did you mean 'epochs'?")]
    [InlineData("minimum-confidence: 0.25", "minimum_confidence: 0.25", "pipeline.yaml:12: kidneys.minimum_confidence:", "Did you mean 'minimum-confidence'?")]
    [InlineData("output: results", "outputs: results", "pipeline.yaml:37: outputs:", "Did you mean 'output'?")]
    [InlineData("patients: 14", "patients: 14\n    sed: 4", "pipeline.yaml:9: data.simulation.sed:", "Did you mean 'seed'?")]
    [InlineData("zoom: 0.1", "zoom: 0.1\n  contrast: 2", "pipeline.yaml:34: augmentation.contrast:", "expected one of copies, flip, generated, rotate-degrees, translate-pixels, whole-case, zoom.")]
    public void AnUnknownKeyIsNamedWithItsPlaceAndTheNearestKey(string from, string to, string place, string hint)
    {
        string message = Refused(DefinitionFile.Full.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyLikeNoOtherGetsNoSuggestion() =>
        Assert.DoesNotContain("Did you mean", Refused(DefinitionFile.Least + "\nsomethingelse: 1\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("name: everything", "name: a name", "1: name: expected letters, digits, '-', '_' and '.', found 'a name'")]
    [InlineData("name: everything", "name: ..", "1: name: expected letters")]
    [InlineData("seed: 11", "seed: -1", "3: seed: expected a whole number of at least 0, found '-1'")]
    [InlineData("folder: studies", "folder: [a, b]", "5: data.folder: expected a text, found a list of 2")]
    [InlineData("patients: 14", "patients: many", "8: data.simulation.patients: expected a whole number from 3 to 1000000, found 'many'")]
    [InlineData("size: 64", "size: 60", "11: kidneys.size: expected a multiple of 16, found '60'")]
    [InlineData("size: 64", "size: 1024", "11: kidneys.size: expected a whole number from 16 to 512, found '1024'")]
    [InlineData("minimum-confidence: 0.25", "minimum-confidence: 1.1", "12: kidneys.minimum-confidence: expected a number from 0 to 1, found '1.1'")]
    [InlineData("train: 6", "train: 0", "14: split.train: expected a whole number from 1 to 1000000, found '0'")]
    [InlineData("validation: 4", "validation: 4.5", "15: split.validation: expected a whole number from 1 to 1000000, found '4.5'")]
    [InlineData("test: 4", "test: ", "16: split.test: expected a whole number from 1 to 1000000, found ''")]
    [InlineData("balanced: true", "balanced: yes", "17: split.balanced: expected true or false, found 'yes'")]
    [InlineData("architecture: dmsa-3d", "architecture: resnet", "19: network.architecture: expected one of dmsa-2.5d, dmsa-3d, dmsa-2d-transverse, dmsa-2d-sagittal, dmsa-2d-coronal, found 'resnet'")]
    [InlineData("width: 0.5", "width: 0", "20: network.width: expected a number from 0.03 to 8, found '0'")]
    [InlineData("epochs: 7", "epochs: 0", "22: training.epochs: expected a whole number from 1 to 100000, found '0'")]
    [InlineData("batch-size: 3", "batch-size: 1", "23: training.batch-size: expected a whole number from 2 to 4096, found '1'")]
    [InlineData("learning-rate: 0.002", "learning-rate: fast", "24: training.learning-rate: expected a number", "found 'fast'")]
    [InlineData("learning-rate: 0.002", "learning-rate: 0", "24: training.learning-rate: expected a number above 0, found '0'")]
    [InlineData("learning-rate: 0.002", "learning-rate: 0,002", "24: training.learning-rate: expected a number", "found '0,002'")]
    [InlineData("epochs: 7", "epochs: 7\n  precision: bfloat16\n  reproducible: portable", "23: training.precision: bfloat16 has no portable results")]
    [InlineData("epochs: 7", "epochs: 7\n  fresh: [dense]", "23: training.fresh: layers are named for a training that has weights to begin with")]
    [InlineData("beta1: 0.8", "beta1: 1", "25: training.beta1: expected a number from 0 to 0.999999, found '1'")]
    [InlineData("beta2: 0.99", "beta2: nan", "26: training.beta2: expected a number from 0 to 0.999999, found 'nan'")]
    [InlineData("device: cpu", "device: gpu", "27: training.device: expected one of auto, cpu, cuda, found 'gpu'")]
    [InlineData("flip: [vertical]", "flip: vertical", "30: augmentation.flip: expected a list of horizontal, vertical, found 'vertical'")]
    [InlineData("flip: [vertical]", "flip: [vertical, vertical]", "30: augmentation.flip: expected a list of horizontal, vertical, each once, found 'vertical'")]
    [InlineData("translate-pixels: 2.5", "translate-pixels: 33", "31: augmentation.translate-pixels: expected a number from 0 to 32, found '33'")]
    [InlineData("rotate-degrees: 30", "rotate-degrees: 181", "32: augmentation.rotate-degrees: expected a number from 0 to 180, found '181'")]
    [InlineData("zoom: 0.1", "zoom: 1", "33: augmentation.zoom: expected a number from 0 to 0.9, found '1'")]
    [InlineData("confidence: 0.9\n", "confidence: 95\n", "35: evaluation.confidence: expected a number from 0.5 to 0.999, found '95'")]
    [InlineData("paper-protocol: true", "paper-protocol: 1", "36: evaluation.paper-protocol: expected true or false, found '1'")]
    [InlineData("train: 6", "train: 7", "14: split.train: train, validation and test ask for 15 patients, but data.simulation makes 14")]
    [InlineData("zoom: 0.1", "zoom: 0.1\nkidneys: {}", "Duplicate key")]
    [InlineData("seed: 11", "seed: \"11", "this is not YAML")]
    public void AWrongValueIsNamedWithItsLineAndWhatWasExpected(string from, string to, params string[] expected)
    {
        Assert.Contains(from, DefinitionFile.Full, StringComparison.Ordinal);
        string message = Refused(DefinitionFile.Full.Replace(from, to, StringComparison.Ordinal));
        Assert.StartsWith(_folder.File("pipeline.yaml") + ":", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.All(expected, text => Assert.Contains(text, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name: small\n", "name: expected a text, found nothing")]
    [InlineData("  folder: studies\n", "data.folder: expected a text, found nothing")]
    [InlineData("  train: 6\n", "split.train: expected a whole number from 1 to 1000000, found nothing")]
    [InlineData("  architecture: dmsa-2.5d", "network.architecture: expected one of dmsa-2.5d")]
    public void WhatMustBeThereIsAskedFor(string without, string expected)
    {
        Assert.Contains(without, DefinitionFile.Least, StringComparison.Ordinal);
        Assert.Contains(expected, Refused(DefinitionFile.Least.Replace(without, "", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b\n")]
    [InlineData("just words")]
    [InlineData("name: a\n---\nname: b\n")]
    public void SomethingElseThanOneMappingIsRefused(string text) =>
        Assert.Contains("expected one document of keys and values", Refused(text), StringComparison.Ordinal);

    [Fact]
    public void APresetThatIsNotThereIsAnsweredWithThoseThatAre()
    {
        Assert.Contains("39: presets: there is no preset 'fast'; there is quick.", Refused(DefinitionFile.Full, "fast"), StringComparison.Ordinal);
        Assert.Contains("there is no preset 'fast': the file names none", Refused(DefinitionFile.Least, "fast"), StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeInAPresetIsFoundAtItsLine()
    {
        string text = DefinitionFile.Full.Replace("training: { epochs: 2 }", "training: { epochs: two }", StringComparison.Ordinal);
        Assert.Contains(":41: training.epochs: expected a whole number from 1 to 100000, found 'two'", Refused(text, "quick"), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
    {
        string file = _folder.File("nowhere.yaml");
        Assert.StartsWith(file + ":", Assert.Throws<DefinitionException>(() => PipelineReader.Read(file, ShippedSystems.All)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSeedIsOneUnlessToldOtherwise() => Assert.Equal(1ul, Read(DefinitionFile.Least.Replace("seed: 5\n", "", StringComparison.Ordinal)).Seed);

    [Theory]
    [InlineData("{ train: 0.7, validation: 0.15, test: 0.15 }", "train 0.7, validation 0.15, test 0.15, balanced False, protocol patients")]
    [InlineData("{ column: Set }", "column Set, balanced False, protocol patients")]
    [InlineData("{ folds: 5 }", "folds 5, balanced False, protocol patients")]
    [InlineData("{ train: 6, validation: 2, test: 2 }", "train 6, validation 2, test 2, balanced False, protocol patients")]
    public void ASplitIsOfCountsPartsAColumnOrFolds(string split, string bound) =>
        Assert.Equal(bound, Read(Splitting(split)).Parts()["split"]);

    [Theory]
    [InlineData("{ train: 0.7, validation: 2, test: 0.3 }", "split.validation: the other sets are parts of the patients")]
    [InlineData("{ train: 0.7, validation: 0.1, test: 0.1 }", "split.train: train, validation and test are parts of the patients: expected a sum of 1, found 0.9")]
    [InlineData("{ column: Set, train: 3 }", "split.train: split.column says who is where already")]
    [InlineData("{ column: Set, folds: 3 }", "split.folds: split.column says who is where already")]
    [InlineData("{ folds: 2 }", "split.folds: expected a whole number from 3 to 1000, found '2'")]
    [InlineData("{ folds: 3, protocol: images-after-copies }", "split.protocol: split.folds is of patients")]
    public void ASplitThatContradictsItselfIsRefused(string split, string expected) => Assert.Contains(expected, Refused(Splitting(split)), StringComparison.Ordinal);

    [Fact]
    public void SettingsReplaceWhatFileAndPresetSay()
    {
        string file = _folder.Write("pipeline.yaml", DefinitionFile.Full);
        PipelineDefinition read = PipelineReader.Read(file, ShippedSystems.All, "quick",
            ["training.epochs=9", "augmentation.flip=[horizontal]", "augmentation.whole-case.affine={ zoom: 0.2 }", "data.folder=other", "description=a: b, c", "inferer.kind=whole-image"]);
        Assert.Equal((9, true, false), (read.Training.Epochs, read.Augmentation.FlipHorizontal, read.Augmentation.FlipVertical));
        Assert.Equal("a: b, c", read.Description);
        Assert.Contains("zoom 0.2", read.Augmentation.WholeCaseWords, StringComparison.Ordinal);
        // Whoever types a path means it from where they are.
        Assert.Equal("other", read.Data.Folder);
    }

    [Theory]
    [InlineData("training.epohcs=9", "--set: training.epohcs: there is no such key here; expected one of")]
    [InlineData("training.epohcs=9", "Did you mean 'epochs'?")]
    [InlineData("trainin.epochs=9", "--set: trainin: there is no such key here")]
    [InlineData("training.epochs=many", "--set: training.epochs: expected a whole number from 1 to 100000, found 'many'.")]
    [InlineData("kidneys.size=60", "--set: kidneys.size: expected a multiple of 16, found '60'.")]
    [InlineData("training", "--set: expected key=value, such as training.epochs=10, found 'training'.")]
    [InlineData("training..epochs=1", "--set: expected key=value")]
    [InlineData("training={ epohcs: 1 }", "--set: training.epohcs: there is no such key here")]
    [InlineData("augmentation.flip=[horizontal, up]", "--set: augmentation.flip: expected a list of horizontal, vertical, each once, found 'up'")]
    [InlineData("augmentation.flip=[horizontal", "--set")]
    public void AWrongSettingIsNamedWithoutALine(string setting, string expected)
    {
        string message = Assert.Throws<DefinitionException>(() => PipelineReader.Read(_folder.Write("pipeline.yaml", DefinitionFile.Full), ShippedSystems.All, null, [setting])).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("pipeline.yaml", message, StringComparison.Ordinal);
    }

    [Fact]
    public void PathsStartAtTheDefinitionsFolder()
    {
        Directory.CreateDirectory(_folder.File("deep"));
        PipelineDefinition Of(string told) => PipelineReader.Read(_folder.Write("deep/pipeline.yaml", DefinitionFile.Least.Replace("folder: studies", told, StringComparison.Ordinal)), ShippedSystems.All);
        PipelineDefinition one = Of("folder: ../studies"), home = Of("folder: ~/studies"), rooted = Of("folder: /studies");
        Assert.Equal((_folder.File("studies"), _folder.File(Path.Combine("deep", "artifacts", "small"))), (one.Data.Folder, one.Output));
        Assert.Equal(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "studies"), home.Data.Folder);
        Assert.Equal("/studies", rooted.Data.Folder);

        // A labels table may lie beside the definition; one among the studies goes first.
        PipelineDefinition Labelled() => Of("folder: ../studies\n  labels: mine.csv");
        Assert.Equal("mine.csv", Labelled().Data.Labels);
        _folder.Write("deep/mine.csv", "File,Label\n");
        Assert.Equal(_folder.File(Path.Combine("deep", "mine.csv")), Labelled().Data.Labels);
        Directory.CreateDirectory(_folder.File("studies"));
        _folder.Write("studies/mine.csv", "File,Label\n");
        Assert.Equal("mine.csv", Labelled().Data.Labels);

        // Where it all lies is no part of what is decided.
        Assert.Equal(Of("folder: ../studies").Hash(), PipelineReader.Read(_folder.Write("pipeline.yaml", DefinitionFile.Least.Replace("folder: studies", "folder: ../studies", StringComparison.Ordinal)), ShippedSystems.All).Hash());
    }

    private static string Splitting(string split) => DefinitionFile.Least.Replace("split:\n  train: 6\n  validation: 2\n  test: 2\n", $"split: {split}\n", StringComparison.Ordinal);

    private PipelineDefinition Read(string text, string? preset = null) => PipelineReader.Read(_folder.Write("pipeline.yaml", text), ShippedSystems.All, preset);

    private string Refused(string text, string? preset = null) => Assert.Throws<DefinitionException>(() => Read(text, preset)).Message;
}
