//! Matches orders: reads prices, one a line, prints the best.

use std::io::BufRead;

fn main() {
    let prices = std::io::stdin().lock().lines().map_while(Result::ok);
    let best = prices.filter_map(|line| line.trim().parse::<u64>().ok()).max();
    println!("{}", best.unwrap_or_default());
}
