//! A hundred thousand records grouped by a key with sums, and sorted by a number and a text, three times.

use std::collections::HashMap;

struct Person {
    id: i64,
    name: String,
    city: String,
    amount: i64,
}

#[derive(Default)]
struct Group {
    count: i64,
    sum: i64,
}

fn people(size: i64, mut seed: i64) -> Vec<Person> {
    let mut done = Vec::new();
    for id in (1..=size).rev() {
        seed = (seed * 69069 + 1) % 4_294_967_296;
        let number = seed / 65536;
        let (name, city) = (format!("name{}", number % 5000), format!("city{}", number % 500));
        done.push(Person { id, name, city, amount: number % 1000 });
    }
    done
}

fn largest(people: &[Person]) -> String {
    let mut groups: HashMap<&str, Group> = HashMap::new();
    for person in people {
        let group = groups.entry(&person.city).or_default();
        group.count += 1;
        group.sum += person.amount;
    }
    let mut by_amount: Vec<(&str, Group)> = groups.into_iter().collect();
    by_amount.sort_by_key(|(city, group)| (-group.sum, *city));
    let (city, group) = &by_amount[0];
    format!("{city} {} {}", group.count, group.sum)
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(100_000, |it| it.parse().unwrap());
    for round in 0..3 {
        let people = people(size, 42 + round);
        let largest = largest(&people);
        let mut sorted: Vec<&Person> = people.iter().collect();
        sorted.sort_by(|a, b| (-a.amount, &a.name, a.id).cmp(&(-b.amount, &b.name, b.id)));
        let checksum = sorted.iter().fold(0, |sum, person| (sum * 31 + person.id) % 1_000_003);
        println!("{largest} {checksum}");
    }
}
