/** What an empty registry begins with; docs/registry.md says what else there is. */
export const example = `# Who may: your organisation, its providers, and what was agreed. Replace what stands here.
organization:
  name: Harbour Clinic
  zone: Europe/Berlin
  domains: [CLINIC, clinic.example] # NetBIOS and DNS name of your domain
  networks: [10.20.0.0/16] # your own
providers:
  - name: Northgate IT
    slug: northgate
    kind: msp
    agreement: { from: 2026-01-01, to: 2027-12-31 }
    people:
      - { name: Anna Berg, mail: anna.berg@northgate.example }
    accounts:
      - { name: 'CLINIC\\ng-anna', kind: person, person: Anna Berg }
      - { name: 'CLINIC\\svc-rmm', kind: service, purpose: Agent of the remote management tool }
    networks: [198.51.100.0/28] # where they come from
    terms:
      - id: office-hours
        about: Their people work in office hours.
        who: [Anna Berg]
        when: { days: working, hours: 08:00-18:00 }
`;
