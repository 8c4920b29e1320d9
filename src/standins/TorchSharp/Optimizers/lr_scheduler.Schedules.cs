namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.Factor(optimizer, last_epoch, verbose, epoch => epoch % step_size == 0 ? gamma : 1, epoch => Math.Pow(gamma, epoch / step_size));

            public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.Factor(optimizer, last_epoch, verbose, epoch => Math.Pow(gamma, milestones.Count(m => m == epoch)), epoch => Math.Pow(gamma, milestones.Count(m => m <= epoch)));

            public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new impl.Factor(optimizer, last_epoch, verbose, _ => gamma, epoch => Math.Pow(gamma, epoch));

            public static LRScheduler MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.Factor(optimizer, last_epoch, verbose, lr_lambda, epoch => Enumerable.Range(1, epoch).Aggregate(1.0, (rate, e) => rate * lr_lambda(e)));

            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false)
            {
                return new impl.Factor(
                    optimizer,
                    last_epoch,
                    verbose,
                    epoch => epoch > total_iters ? 1 : Math.Pow((1.0 - ((double)epoch / total_iters)) / (1.0 - ((double)(epoch - 1) / total_iters)), power),
                    epoch => Math.Pow(1.0 - ((double)Math.Min(total_iters, epoch) / total_iters), power));
            }

            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.Closed(optimizer, last_epoch, verbose, (initial, epoch) => initial * lr_lambda(epoch));

            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) =>
                new impl.Closed(optimizer, last_epoch, verbose, (initial, epoch) => epoch < total_iters ? initial * factor : initial);

            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5, int last_epoch = -1, bool verbose = false) =>
                new impl.Closed(optimizer, last_epoch, verbose, (initial, epoch) => initial * (start_factor + ((end_factor - start_factor) * Math.Min(total_iters, epoch) / total_iters)));

            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double> min_lr = null, double eps = 1e-8, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);

            public static partial class impl
            {
                /// <summary>Each epoch multiplies the rate by a factor of its own.</summary>
                internal sealed class Factor : LRScheduler
                {
                    private readonly Func<int, double> _each;
                    private readonly Func<int, double> _all;

                    internal Factor(Optimizer optimizer, int last_epoch, bool verbose, Func<int, double> each, Func<int, double> all)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _each = each;
                        _all = all;
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        double factor = _last_epoch == 0 ? 1 : _each(_last_epoch);
                        return _optimizer.ParamGroups.Select(g => g.LearningRate * factor);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(initial => initial * _all(_last_epoch));
                }

                /// <summary>The rate is a function of the initial rate and the epoch.</summary>
                internal sealed class Closed : LRScheduler
                {
                    private readonly Func<double, int, double> _rate;

                    internal Closed(Optimizer optimizer, int last_epoch, bool verbose, Func<double, int, double> rate)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _rate = rate;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _base_lrs.Select(initial => _rate(initial, _last_epoch));
                }

                public sealed class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _period;
                    private readonly double _least;

                    internal CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min, int last_epoch, bool verbose)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (T_max == 0)
                        {
                            throw new ArgumentException("T_max must be non-zero.");
                        }

                        _period = T_max;
                        _least = eta_min;
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0)
                        {
                            return _optimizer.ParamGroups.Select(g => g.LearningRate);
                        }

                        if ((_last_epoch - 1 - _period) % (2 * _period) == 0)
                        {
                            return _optimizer.ParamGroups.Zip(_base_lrs, (g, initial) => g.LearningRate + ((initial - _least) * (1 - Math.Cos(Math.PI / _period)) / 2));
                        }

                        double now = 1 + Math.Cos(Math.PI * _last_epoch / _period);
                        double before = 1 + Math.Cos(Math.PI * (_last_epoch - 1) / _period);
                        return _optimizer.ParamGroups.Select(g => (now / before * (g.LearningRate - _least)) + _least);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(initial => _least + ((initial - _least) * (1 + Math.Cos(Math.PI * _last_epoch / _period)) / 2));
                }

                public sealed class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool _max;
                    private readonly bool _relative;
                    private readonly double _factor;
                    private readonly double _threshold;
                    private readonly double _smallest;
                    private readonly int _patience;
                    private readonly int _pause;
                    private readonly IList<double> _floor;
                    private double _best;
                    private int _bad;
                    private int _cooling;

                    internal ReduceLROnPlateau(Optimizer optimizer, string mode, double factor, int patience, double threshold, string threshold_mode, int cooldown, IList<double> min_lr, double eps, bool verbose)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1)
                        {
                            throw new ArgumentException("Factor should be < 1.0");
                        }

                        _max = mode switch { "min" => false, "max" => true, _ => throw new ArgumentException($"Invalid mode: {mode}") };
                        _relative = threshold_mode switch { "rel" => true, "abs" => false, _ => throw new ArgumentException($"Invalid threshold mode: {threshold_mode}") };
                        (_factor, _patience, _threshold, _pause, _smallest) = (factor, patience, threshold, cooldown, eps);
                        int groups = optimizer.ParamGroups.Count();
                        _floor = min_lr is null or { Count: 0 } ? new double[groups] : min_lr.Count == 1 ? Enumerable.Repeat(min_lr[0], groups).ToArray() : min_lr;
                        _best = _max ? double.NegativeInfinity : double.PositiveInfinity;
                        _last_epoch = 0;
                        Set(optimizer.ParamGroups.Select(g => g.LearningRate));
                    }

                    public override void step(int? epoch) => throw new InvalidOperationException("step() should not be called on ReduceLROnPlateau without the metric.");

                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        bool better = Better(current);
                        _bad = better ? 0 : _bad + 1;
                        _best = better ? current : _best;
                        if (_cooling > 0)
                        {
                            _cooling--;
                            _bad = 0;
                        }

                        if (_bad > _patience)
                        {
                            Set(_optimizer.ParamGroups.Zip(_floor, (g, least) => Reduced(g.LearningRate, least)));
                            _cooling = _pause;
                            _bad = 0;
                        }
                    }

                    private bool Better(double current)
                    {
                        double margin = _relative ? Math.Abs(_threshold) : _threshold;
                        double limit = (_relative, _max) switch
                        {
                            (true, false) => _best * (1 - margin),
                            (true, true) => double.IsInfinity(_best) ? _best : _best * (1 + margin),
                            (false, false) => _best - margin,
                            (false, true) => _best + margin,
                        };
                        return _max ? current > limit : current < limit;
                    }

                    private double Reduced(double rate, double least)
                    {
                        double lower = Math.Max(rate * _factor, least);
                        return rate - lower > _smallest ? lower : rate;
                    }
                }
            }
        }
    }
}
