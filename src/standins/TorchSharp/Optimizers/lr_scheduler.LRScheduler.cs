namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public abstract class LRScheduler
            {
                protected internal Optimizer _optimizer;
                protected internal int _last_epoch = -1;
                protected internal bool _verbose;
                protected int _step_count = 0;

                internal IList<double> _base_lrs;
                private IEnumerable<double> _last_lr = [];

                protected LRScheduler()
                {
                }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    if (last_epoch == -1)
                    {
                        foreach (ILearningRateController group in optimizer.ParamGroups)
                        {
                            group.InitialLearningRate = group.LearningRate;
                        }
                    }

                    _base_lrs = optimizer.ParamGroups.Select(g => g.InitialLearningRate).ToList();
                }

                public virtual void step() => step(null);

                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? _last_epoch + 1;
                    Set(epoch is null ? get_lr() : get_closed_form_lr());
                }

                public virtual void step(double current, int? epoch = null) => step(epoch);

                protected virtual IEnumerable<double> get_lr() => _optimizer.ParamGroups.Select(g => g.LearningRate);

                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                public IEnumerable<double> get_last_lr() => _last_lr;

                internal void Set(IEnumerable<double> rates)
                {
                    _last_lr = rates.ToList();
                    foreach ((ILearningRateController group, double rate) in _optimizer.ParamGroups.Zip(_last_lr))
                    {
                        group.LearningRate = rate;
                    }
                }
            }
        }
    }
}
