using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class ContextTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "context")
    {
        ["set GpuDeviceId, FallbackToCpu, TempFilePath"] = () =>
        {
            MLContext ml = new() { GpuDeviceId = 0, FallbackToCpu = false, TempFilePath = Path.GetTempPath() };
            return new { ml.GpuDeviceId, ml.FallbackToCpu };
        },
        ["is IHostEnvironment"] = () => new { env = (object)new MLContext() is IHostEnvironment, isSealed = typeof(MLContext).IsSealed },
        ["log: events of NormalizeMinMax.Fit"] = () =>
        {
            MLContext ml = new(1);
            IDataView view = ml.Data.LoadFromEnumerable(In.Three());
            List<object> events = [];
            ml.Log += (_, e) => events.Add(new { kind = e.Kind, e.Source, e.Message, e.RawMessage });
            _ = ml.Transforms.NormalizeMinMax("X").Fit(view);
            return events;
        },
        ["log: own channel through IHostEnvironment"] = () =>
        {
            MLContext ml = new(1);
            List<object> events = [];
            ml.Log += (sender, e) => events.Add(new { kind = e.Kind, e.Source, e.Message, e.RawMessage, senderIsContext = ReferenceEquals(sender, ml) });
            using (IChannel channel = ((IHostEnvironment)ml).Register("MyTrainer").Start("Train"))
            {
                channel.Info(MessageSensitivity.None, "epoch {0} loss {1}", 1, 0.5);
                channel.Warning(MessageSensitivity.None, "careful");
                channel.Error(MessageSensitivity.None, "bad");
                channel.Trace(MessageSensitivity.None, "details");
                channel.Info(MessageSensitivity.UserData, "patient {0}", "Doe");
            }

            return events;
        },
        ["log: kinds"] = () => Enum.GetNames<ChannelMessageKind>(),
        ["log: progress channel"] = () =>
        {
            MLContext ml = new(1);
            List<string> events = [];
            ml.Log += (_, e) => events.Add(e.Message);
            using (IProgressChannel progress = ((IHostEnvironment)ml).StartProgressChannel("Train"))
            {
                progress.SetHeader(new ProgressHeader(["loss"], ["epochs"]), entry => entry.SetProgress(0, 1, 10));
                progress.Checkpoint(0.5, 1);
            }

            return events;
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Fact]
    public void A_new_context_writes_to_the_system_s_temporary_folder_and_uses_no_GPU()
    {
        MLContext ml = new();
        Assert.Equal(Path.TrimEndingDirectorySeparator(Path.GetTempPath()), Path.TrimEndingDirectorySeparator(ml.TempFilePath));
        Assert.Null(ml.GpuDeviceId);
        Assert.False(ml.FallbackToCpu);
    }
}
