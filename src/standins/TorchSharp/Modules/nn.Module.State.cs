using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor> destination = null, string prefix = null)
            {
                destination ??= [];
                foreach ((string key, Parameter parameter) in named_parameters())
                {
                    destination.TryAdd(prefix is null ? key : $"{prefix}.{key}", parameter);
                }

                foreach ((string key, Tensor buffer) in named_buffers(include_nonpersistent: false))
                {
                    destination.TryAdd(prefix is null ? key : $"{prefix}.{key}", buffer);
                }

                return destination;
            }

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string> skip = null)
            {
                skip ??= [];
                Dictionary<string, Tensor> target = state_dict();
                List<string> missing = target.Keys.Where(k => !skip.Contains(k) && !source.ContainsKey(k)).ToList();
                List<string> unexpected = source.Keys.Where(k => !skip.Contains(k) && !target.ContainsKey(k)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                }

                foreach ((string key, Tensor value) in source)
                {
                    if (!skip.Contains(key) && target.TryGetValue(key, out Tensor to))
                    {
                        using Tensor local = value.device_type == DeviceType.CPU && value.is_contiguous() ? value.alias() : value.detach().cpu().contiguous();
                        to.bytes = local.bytes;
                    }
                }

                return (missing, unexpected);
            }

            public Module save(string location, IList<string> skip = null)
            {
                using FileStream stream = File.Create(location);
                return save(stream, skip);
            }

            public Module save(Stream stream, IList<string> skip = null)
            {
                using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string> skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string> skip = null)
            {
                List<KeyValuePair<string, Tensor>> kept = sd.Where(e => skip?.Contains(e.Key) != true).ToList();
                writer.Encode(kept.Count);
                foreach ((string key, Tensor value) in kept)
                {
                    writer.Write(key);
                    value.Save(writer);
                }

                writer.Flush();
            }

            public virtual Module load(string location, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
            {
                if (!File.Exists(location))
                {
                    throw new FileNotFoundException(location);
                }

                using FileStream stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public Module load(Stream stream, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
            {
                using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(BinaryReader reader, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
            {
                skip ??= [];
                Dictionary<string, Tensor> target = state_dict();
                long entries = reader.Decode();
                if (strict && entries != target.Count)
                {
                    throw new ArgumentException($"Mismatched state_dict sizes: expected {target.Count}, but found {entries} entries.");
                }

                foreach (string key in target.Keys)
                {
                    loadedParameters?.TryAdd(key, false);
                }

                for (long i = 0; i < entries; i++)
                {
                    string key = reader.ReadString();
                    bool found = target.TryGetValue(key, out Tensor tensor);
                    if (!found && strict)
                    {
                        throw new ArgumentException($"Mismatched module state names: the target modules does not have a submodule or buffer named '{key}'");
                    }

                    bool wanted = found && !skip.Contains(key);
                    tensor.Load(reader, skip: !wanted);
                    if (loadedParameters is not null)
                    {
                        loadedParameters[key] = wanted;
                    }
                }

                return this;
            }

            public static Module Create<T>(string path)
                where T : Module, new() => new T().load(path);

            // ---- to another element type or device ----

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Moved(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Moved(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Moved(null, dtype, non_blocking);

            private Module Moved(Device device, ScalarType? dtype, bool nonBlocking)
            {
                if (device is { type: DeviceType.CUDA } && !cuda.is_available())
                {
                    throw new InvalidOperationException("CUDA is not available.");
                }

                foreach (Module child in children())
                {
                    child.Moved(device, dtype, nonBlocking);
                }

                using (no_grad())
                {
                    foreach (Parameter parameter in _internal_params.Values)
                    {
                        Replace(parameter, device, dtype, nonBlocking);
                    }

                    foreach ((Tensor buffer, bool _) in _internal_buffers.Values)
                    {
                        Replace(buffer, device, dtype, nonBlocking);
                    }
                }

                return this;
            }

            // The object stays, its native tensor changes: whoever holds the parameter goes on holding it.
            private static void Replace(Tensor tensor, Device device, ScalarType? dtype, bool nonBlocking)
            {
                if (tensor is null or { IsInvalid: true })
                {
                    return;
                }

                ScalarType type = dtype is { } wanted && is_floating_point(tensor.dtype) ? wanted : tensor.dtype;
                Device place = device ?? tensor.device;
                if (type == tensor.dtype && place.Equals(tensor.device))
                {
                    return;
                }

                bool needsGradient = tensor.requires_grad;
                using Tensor old = tensor.detach();
                Tensor moved = old.to(type, place, non_blocking: nonBlocking);
                tensor.ReplaceHandle(moved.MoveHandle());
                tensor.requires_grad = needsGradient;
            }
        }
    }
}
