using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging;

public abstract partial class DicomPixelData
{
    /// <summary>Frames one after the other in one value.</summary>
    private abstract class NativePixelData(DicomDataset dataset) : DicomPixelData(dataset)
    {
        private CompositeByteBuffer _frames;

        public override IByteBuffer GetFrame(int frame)
        {
            CheckFrame(frame);
            int size = UncompressedFrameSize;
            IByteBuffer whole = Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer;
            return new RangeByteBuffer(whole, (long)size * frame, size);
        }

        public override void AddFrame(IByteBuffer data)
        {
            IByteBuffer before = Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer;
            _frames ??= before.Size == 0 ? new CompositeByteBuffer() : new CompositeByteBuffer(before);
            _frames.Buffers.Add(data);
            Dataset.AddOrUpdate(Element(EvenLengthBuffer.Create(_frames)));
            NumberOfFrames++;
        }

        protected abstract DicomElement Element(IByteBuffer buffer);
    }

    private sealed class OtherBytePixelData(DicomDataset dataset) : NativePixelData(dataset)
    {
        protected override DicomElement Element(IByteBuffer buffer) => new DicomOtherByte(DicomTag.PixelData, buffer);
    }

    private sealed class OtherWordPixelData(DicomDataset dataset) : NativePixelData(dataset)
    {
        protected override DicomElement Element(IByteBuffer buffer) => new DicomOtherWord(DicomTag.PixelData, buffer);
    }

    /// <summary>Compressed frames, each in one or more fragments (PS3.5 annex A.4).</summary>
    private sealed class EncapsulatedPixelData(DicomDataset dataset, DicomFragmentSequence element) : DicomPixelData(dataset)
    {
        public override IByteBuffer GetFrame(int frame)
        {
            CheckFrame(frame);
            IList<IByteBuffer> fragments = element.Fragments;
            if (fragments.Count == 0)
            {
                throw new DicomImagingException("No fragment data is present in the pixel data element.");
            }

            if (NumberOfFrames == 1)
            {
                return fragments.Count == 1 ? fragments[0] : new CompositeByteBuffer(fragments);
            }

            if (fragments.Count == NumberOfFrames)
            {
                return fragments[frame];
            }

            if (element.OffsetTable.Count != NumberOfFrames)
            {
                throw new DicomImagingException("Support for multi-frame images with varying fragment sizes and no offset table has not been implemented.");
            }

            return FromOffsets(frame);
        }

        public override void AddFrame(IByteBuffer data)
        {
            NumberOfFrames++;
            long position = 0;
            if (element.OffsetTable.Count > 0)
            {
                position = element.OffsetTable[^1];
                position += element.Fragments[^1].Size + 8;
            }

            element.OffsetTable.Add((uint)position);
            element.Fragments.Add(EvenLengthBuffer.Create(data));
        }

        private IByteBuffer FromOffsets(int frame)
        {
            uint start = element.OffsetTable[frame];
            long stop = frame + 1 < NumberOfFrames ? element.OffsetTable[frame + 1] : long.MaxValue;
            List<IByteBuffer> parts = [];
            long position = 0;
            foreach (IByteBuffer fragment in element.Fragments)
            {
                if (position >= start && position < stop)
                {
                    parts.Add(fragment);
                }

                position += fragment.Size + 8;
            }

            return parts.Count switch
            {
                0 => throw new DicomImagingException($"The offset table points to no fragment for frame {frame}."),
                1 => parts[0],
                _ => new CompositeByteBuffer(parts),
            };
        }
    }
}
