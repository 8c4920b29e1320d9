using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>Draws what is unusual about a patient's kidneys, from a stream of its own: what one patient has changes nothing else about the patient.</summary>
internal static class VariantGenerator
{
    public static (KidneyPlan Left, KidneyPlan Right) Draw(ulong seed, ulong patient, DmsaPrevalence prevalence)
    {
        CounterRandom random = new(seed, 0, patient, "variants");
        KidneyPlan[] kidneys = [new(), new()];

        // Every draw is made whether it is needed or not, so that a change of one part leaves the others as they are.
        (bool duplex, int duplexSide) = Someone(ref random, prevalence.DuplexPatients);
        bool bothSides = random.NextBoolean(prevalence.DuplexBothSides);
        foreach (int side in (ReadOnlySpan<int>)[duplexSide, 1 - duplexSide])
        {
            double stretch = Within(ref random, DmsaPrevalence.DuplexLength);
            double bridge = Within(ref random, DmsaPrevalence.DuplexBridge);
            double notch = Within(ref random, DmsaPrevalence.DuplexNotch);
            if (duplex && (bothSides || side == duplexSide))
            {
                kidneys[side] = kidneys[side] with { Variants = KidneyVariant.Duplex, Stretch = stretch, Bridge = bridge, Notch = notch };
            }
        }

        (bool dilated, int dilatedSide) = Someone(ref random, prevalence.DilatedPatients);
        bool severe = random.NextBoolean(prevalence.SevereDilatation);
        double sinus = Within(ref random, severe ? DmsaPrevalence.Sinus.Severe : DmsaPrevalence.Sinus.Mild);
        double swelling = Within(ref random, DmsaPrevalence.DilatedKidney);
        double urine = Within(ref random, DmsaPrevalence.DilatedPelvis);
        if (dilated)
        {
            // A duplex kidney keeps its bridge: the other one is dilated then, unless both are duplex.
            int side = kidneys[dilatedSide].Bridge is null ? dilatedSide : 1 - dilatedSide;
            if (kidneys[side].Bridge is null)
            {
                kidneys[side] = kidneys[side] with
                {
                    Variants = kidneys[side].Variants | KidneyVariant.Hydronephrosis,
                    Sinus = sinus,
                    Swelling = swelling,
                    Urine = urine,
                };
            }
        }

        (bool small, int smallSide) = Someone(ref random, prevalence.SmallKidneyPatients);
        double size = Within(ref random, DmsaPrevalence.SmallKidney);
        if (small)
        {
            kidneys[smallSide] = kidneys[smallSide] with { Variants = kidneys[smallSide].Variants | KidneyVariant.Small, Size = size };
        }

        (bool malrotated, int malrotatedSide) = Someone(ref random, prevalence.MalrotatedPatients);
        double turn = random.NextDouble(DmsaPrevalence.HilumTurn.Low, DmsaPrevalence.HilumTurn.High);
        if (malrotated)
        {
            kidneys[malrotatedSide] = kidneys[malrotatedSide] with { Variants = kidneys[malrotatedSide].Variants | KidneyVariant.Malrotated, Turn = turn };
        }

        bool low = random.NextBoolean(prevalence.LowLiver);
        double edge = Within(ref random, DmsaPrevalence.LowLiverEdge);
        if (low)
        {
            kidneys[1] = kidneys[1] with { Variants = kidneys[1].Variants | KidneyVariant.LiverOverlap, LiverEdge = edge };
        }

        return (kidneys[0], kidneys[1]);
    }

    public static double Within(ref CounterRandom random, (double Low, double High) range) => random.NextDouble(range.Low, range.High);

    private static (bool Has, int Side) Someone(ref CounterRandom random, double part) => (random.NextBoolean(part), random.NextInt32(2));
}
