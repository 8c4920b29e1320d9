using System.CommandLine;
using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Structures;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti segment MODEL STUDIES</c>: a model's masks as objects for an archive.</summary>
internal static class SegmentCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A model that draws masks: the folder that a run wrote, or a zip of it." };
        Argument<string> folder = new("studies") { Description = "A folder of DICOM files." };
        Option<bool> structures = new("--rtstruct") { Description = "Write an RT Structure Set." };
        Option<bool> segmentation = new("--seg") { Description = "Write a Segmentation." };
        Option<bool> report = new("--sr") { Description = "Write a Structured Report of volumes and activities, with the Segmentation that it refers to." };
        Option<string> output = new("--output") { Description = "The folder for them. They hold the patient's identity, as an archive needs it; their names do not.", DefaultValueFactory = _ => "segmented" };
        Option<bool> exclusive = new("--xor-holes") { Description = "Write holes as contours of their own (CLOSEDPLANAR_XOR), not by channels." };
        Option<double> least = new("--least-ml") { Description = "Pieces smaller than this are removed, in ml.", DefaultValueFactory = _ => 10 };
        Option<double> threshold = new("--threshold") { Description = "From which part on a voxel of the image belongs to a mask that was drawn on coarser ones.", DefaultValueFactory = _ => 0.5 };
        Option<bool> entropy = new("--entropy") { Description = "Write a map of how undecided each voxel is, in bits (NIfTI, on the model's grid). Of an ensemble (scinti run --folds) it is worth most." };
        Option<double> expected = new("--least-dice") { Description = "Below which Dice coefficient, as the model's own probabilities let expect it, a person should look.", DefaultValueFactory = _ => 0.8 };
        Option<int> threads = RunCommand.Threads();
        Command command = new("segment", "Draws structures into studies and writes them as RT Structure Set, Segmentation and Structured Report. Research use only.")
        {
            model, folder, structures, segmentation, report, output, exclusive, least, threshold, entropy, expected, threads,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            SegmentationSettings settings = new()
            {
                Output = parsed.GetRequiredValue(output),
                StructureSet = parsed.GetValue(structures),
                Segmentation = parsed.GetValue(segmentation),
                Report = parsed.GetValue(report),
                Holes = parsed.GetValue(exclusive) ? HoleForm.ExclusiveOr : HoleForm.Keyhole,
                LeastMillilitres = parsed.GetValue(least),
                Threshold = parsed.GetValue(threshold),
                Entropy = parsed.GetValue(entropy),
                LeastExpectedDice = parsed.GetValue(expected),
                Threads = parsed.GetValue(threads),
            };
            if (!(settings.LeastMillilitres >= 0) || !(settings.Threshold is > 0 and <= 1))
            {
                throw new DefinitionException("--least-ml and --threshold: expected millilitres of 0 or more, and a part above 0 up to 1; change the one that is not.");
            }

            if (!(settings.LeastExpectedDice is >= 0 and <= 1))
            {
                throw new DefinitionException("--least-dice: expected a Dice coefficient from 0 to 1; change it.");
            }

            using ModelBundle bundle = ModelBundle.Load(parsed.GetRequiredValue(model));
            List<LeftOutStudy> leftOut = [];
            int drawn = 0, toLookAt = 0;
            foreach (SegmentedStudy study in StudySegmentation.Write(bundle, ShippedSystems.Of(bundle.Card), parsed.GetRequiredValue(folder), settings, leftOut.Add, cancel))
            {
                drawn++;
                Terminal.Line($"{study.CaseId}: expected Dice {string.Join(", ", study.ExpectedDice.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Class} {(one.Dice is { } dice ? dice.ToString("0.00", CultureInfo.InvariantCulture) : "none")}")))}{(study.IsUnsure ? ": look at the image" : "")}");
                foreach (SegmentedStructure structure in study.Structures)
                {
                    string volume = structure.Millilitres is { } millilitres ? string.Create(CultureInfo.InvariantCulture, $"{millilitres:0.0} ml") : "no volume";
                    string activity = structure.Megabecquerels is { } megabecquerels ? string.Create(CultureInfo.InvariantCulture, $", {megabecquerels:0.000} MBq") : "";
                    Terminal.Line($"  {structure.Name}: {volume}{activity}{(structure.Notes.Count > 0 ? $"; {string.Join("; ", structure.Notes)}" : "")}");
                }

                toLookAt += study.Structures.Any(structure => structure.Millilitres is null) ? 1 : 0;
                foreach (string file in study.Files)
                {
                    Terminal.Line($"  {Path.GetFullPath(file)}");
                }
            }

            foreach (LeftOutStudy study in leftOut)
            {
                Terminal.ErrorText($"  left out: {study}");
            }

            if (toLookAt > 0)
            {
                Terminal.Line($"{toLookAt} of {drawn} studies should be looked at by a person.");
            }

            return ExitCode.Of(drawn, leftOut);
        }));
        return command;
    }
}
