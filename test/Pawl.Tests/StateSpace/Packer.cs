namespace Pawl.Tests.StateSpace;

/// <summary>Writes a world into 256 bits and reads it back.</summary>
internal struct Packer
{
    private UInt128 _low,
        _high;
    private int _position;

    public State Pack(World world, Bounds bounds)
    {
        Head(world.Head);
        Write(world.HeadAge, 4);
        Write(world.Past.Count, 3);
        foreach (var token in world.Past)
            Head(token);
        Write(world.Jar);
        if (bounds.DiskLag > 0)
        {
            Write(world.Disk);
            Write(world.DiskAge, 5);
        }
        Write(world.Flights.Count, 3);
        foreach (var flight in world.Flights)
        {
            Write(flight.Token);
            Write(flight.Age, 4);
            Write((flight.IsAnswer ? 4 : 0) + (flight.IsOrphan ? 2 : 0) + (flight.IsCounted ? 1 : 0), 3);
            if (bounds.Pages > 0)
                Write(flight.IsPage ? 1 : 0, 1);
        }
        if (bounds.Late > 0)
        {
            Write(world.Late.Count, 3);
            foreach (var request in world.Late)
            {
                Write(request.Token);
                Write(request.Waited, 4);
                if (bounds.Pages > 0)
                    Write(request.IsPage ? 1 : 0, 1);
            }
        }
        if (bounds.Loot > 0)
        {
            Write(world.Loot.Count, 3);
            foreach (var token in world.Loot)
                Write(token);
            Write(world.IsStolen ? 1 : 0, 1);
            Write(world.Fallbacks, 2);
            Write(world.OwnerUses);
            Write(world.ThiefUses);
        }
        return new State((ulong)_low, (ulong)(_low >> 64), (ulong)_high, (ulong)(_high >> 64));
    }

    public void Unpack(State state, World world, Bounds bounds)
    {
        (_low, _high, _position) = (new UInt128(state.B, state.A), new UInt128(state.D, state.C), 0);
        world.NextId = 100;
        world.Head = ReadHead();
        world.HeadAge = Read(4);
        world.Past.Clear();
        for (var count = Read(3); count > 0; count--)
            world.Past.Add(ReadHead());
        world.Jar = ReadToken();
        (world.Disk, world.DiskAge) = bounds.DiskLag > 0 ? (ReadToken(), Read(5)) : default;
        world.Flights.Clear();
        for (var count = Read(3); count > 0; count--)
        {
            var (token, age, flags) = (ReadToken(), Read(4), Read(3));
            var isPage = bounds.Pages > 0 && Read(1) == 1;
            world.Flights.Add(new Flight(token, age, (flags & 4) != 0, (flags & 2) != 0, (flags & 1) != 0, isPage));
        }
        world.Late.Clear();
        for (var count = bounds.Late > 0 ? Read(3) : 0; count > 0; count--)
            world.Late.Add(new LateRequest(ReadToken(), Read(4), bounds.Pages > 0 && Read(1) == 1));
        world.Loot.Clear();
        world.OwnerUses.Clear();
        world.ThiefUses.Clear();
        if (bounds.Loot == 0)
            return;
        for (var count = Read(3); count > 0; count--)
            world.Loot.Add(ReadToken());
        world.IsStolen = Read(1) == 1;
        world.Fallbacks = Read(2);
        Read(world.OwnerUses);
        Read(world.ThiefUses);
    }

    private void Head(Token token)
    {
        Write(token.Generation, 4);
        Write(token.Id, 4);
    }

    private Token ReadHead() => new(Read(4), Read(4), 0, 0);

    private void Write(Token token)
    {
        Head(token);
        Write(token.Parent, 4);
        Write(token.Age, 5);
    }

    private void Write(List<byte> uses)
    {
        Write(uses.Count, 3);
        foreach (var id in uses)
            Write(id, 4);
    }

    private void Read(List<byte> uses)
    {
        for (var count = Read(3); count > 0; count--)
            uses.Add(Read(4));
    }

    private Token ReadToken() => new(Read(4), Read(4), Read(4), Read(5));

    private void Write(int value, int bits)
    {
        if (value >> bits != 0 || _position + bits > 256)
            throw new InvalidOperationException($"{value} does not fit: the bounds are too wide for 256 bits.");
        if (_position < 128)
        {
            _low |= (UInt128)value << _position;
            if (_position + bits > 128)
                _high |= (UInt128)value >> 128 - _position;
        }
        else
            _high |= (UInt128)value << _position - 128;
        _position += bits;
    }

    private byte Read(int bits)
    {
        var value =
            _position >= 128 ? _high >> _position - 128
            : _position + bits <= 128 ? _low >> _position
            : _low >> _position | _high << 128 - _position;
        _position += bits;
        return (byte)((uint)value & (1u << bits) - 1);
    }
}
