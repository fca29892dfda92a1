using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

public sealed class User : IdentityUser;

public sealed class UserDatabase(DbContextOptions<UserDatabase> options) : IdentityDbContext<User>(options);
