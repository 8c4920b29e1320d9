using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using (no_grad())
                using (NewDisposeScope())
                {
                    Tensor[] gradients = tensors.Select(p => p.grad).Where(g => g is not null).ToArray();
                    if (gradients.Length == 0)
                    {
                        return 0;
                    }

                    double norm = stack(gradients.Select(g => g.detach().norm((float)norm_type))).norm((float)norm_type).ToDouble();
                    double factor = Math.Min(1, max_norm / (norm + 1e-6));
                    foreach (Tensor gradient in gradients)
                    {
                        gradient.mul_(factor);
                    }

                    return norm;
                }
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using (no_grad())
                using (NewDisposeScope())
                {
                    foreach (Tensor gradient in tensors.Select(p => p.grad).Where(g => g is not null))
                    {
                        gradient.clamp_(-clip_value, clip_value);
                    }
                }
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using DisposeScope scope = NewDisposeScope();
                return cat(tensors.Select(p => p.view(-1)).ToArray()).MoveToOuterDisposeScope();
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using (no_grad())
                using (NewDisposeScope())
                {
                    long at = 0;
                    foreach (Parameter parameter in tensors)
                    {
                        long length = parameter.numel();
                        parameter.copy_(vec.narrow(0, at, length).view(parameter.shape));
                        at += length;
                    }
                }
            }
        }
    }
}
