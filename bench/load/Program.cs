// Every line on standard input is a Slot, every line on standard output its SlotResult. One process for a whole run: its own code is
// compiled and warm after the first slots, and the tokens a server handed out last are there when it is that server's turn again.
using Pawl.Bench.Load;

var signIns = new SignIns();
while (Console.ReadLine() is { } line)
{
    if (line.Length > 0)
        Console.WriteLine(Lines.Write(SlotRun.Run(Lines.Read<Slot>(line), signIns)));
}
